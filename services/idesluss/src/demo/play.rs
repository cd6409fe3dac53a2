//! What becomes of each idea of the sample region.

use super::gates::{Far, Home, evaluate, pilot};
use super::sharing::{Ends, Offer, Use, adopt, publish};
use super::stage::{DemoError, Stage, Story, done, until};
use idesluss_domain::identity::terms::USUAL_TERMS;
use idesluss_domain::words::{Actor, IdeaId, Role};
use idesluss_proto::pb::evaluation::{Gate, Outcome};
use idesluss_proto::pb::sharing as sh;
use idesluss_proto::pb::submission as pb;
use serde::Deserialize;
use uuid::Uuid;

/// An idea as its file describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdeaText {
    pub(super) key: String,
    home: String,
    by: usize,
    submitted: jiff::civil::Date,
    area: String,
    title: String,
    problem: String,
    proposal: String,
    benefit: String,
    course: String,
}

impl IdeaText {
    /// Whom it concerns, as far as the texts tell.
    fn concerned(&self) -> String {
        let groups = [
            ("brukare", "Brukare"),
            ("anhörig", "Anhöriga"),
            ("elev", "Elever"),
            ("personal", "Medarbetare"),
            ("invånare", "Invånare"),
        ];
        let said = format!("{} {} {}", self.problem, self.proposal, self.benefit).to_lowercase();
        let named: Vec<_> = groups.iter().filter(|(word, _)| said.contains(word)).collect();
        named.iter().map(|(_, group)| *group).collect::<Vec<_>>().join(", ")
    }
}

/// One idea's story, with who plays it.
struct Play {
    story: Story,
    home: String,
    submitter: Actor,
    coordinator: Actor,
}

const ADVANCE: Far = Far::Decided(Outcome::Advance, Home::No);

/// Plays one idea from its submission to where it stands.
pub(super) async fn play(stage: &Stage, text: &IdeaText) -> Result<(), DemoError> {
    let first = |role| stage.who(&text.home, role, 0);
    let by = if text.home == "fyrbodal" {
        0
    } else {
        text.by.saturating_sub(1)
    };
    let mut play = Play {
        story: Story::new(stage, &text.key, text.submitted),
        home: text.home.clone(),
        submitter: stage.who(&text.home, Role::Submitter, by),
        coordinator: first(Role::Coordinator),
    };
    play.submit(text).await?;
    match text.course.as_str() {
        "with-coordinator" => play.assign().await,
        "registered" => {
            play.assign().await?;
            play.register(&first(Role::Registrar)).await
        }
        "clarification" => play.ask().await,
        "clarified" => {
            play.ask().await?;
            play.answer().await
        }
        "briefed" => play.brief(text).await,
        "assessing" => play.evaluated(text, Far::Assigned).await,
        "one-assessment" => play.evaluated(text, Far::OneAssessed).await,
        "revealed" => play.evaluated(text, Far::Revealed).await,
        "recommended" => play.evaluated(text, Far::Recommended).await,
        "decided-home" => play.evaluated(text, Far::Decided(Outcome::Advance, Home::Yes)).await,
        "in-concept" => {
            play.evaluated(text, ADVANCE).await?;
            play.gate(2, Gate::Concept, Far::OneAssessed).await
        }
        "in-pilot" => {
            play.evaluated(text, ADVANCE).await?;
            play.gate(2, Gate::Concept, ADVANCE).await?;
            pilot(&mut play.story, &text.home, 3, true).await
        }
        "negative-pilot" => {
            play.evaluated(text, ADVANCE).await?;
            play.gate(2, Gate::Concept, ADVANCE).await?;
            pilot(&mut play.story, &text.home, 3, false).await?;
            play.gate(3, Gate::Pilot, Far::Decided(Outcome::Reject, Home::No))
                .await?;
            play.deliver_feedback("Försöket gav inte den nytta vi hoppades på, och vi går inte vidare. Det vi lärde oss om hållbara koder har nått fastighetsenheten.").await
        }
        "at-rollout" => {
            play.through_pilot(text)
                .await?
                .gate(4, Gate::Rollout, Far::Assigned)
                .await
        }
        "all-the-way" => {
            play.through_pilot(text).await?.gate(4, Gate::Rollout, ADVANCE).await?;
            play.share_bicycles().await
        }
        "at-home" => play.hand_to_line().await,
        "closed-at-home" => {
            play.hand_to_line().await?;
            play.implement("Hyllor finns nu på fyra ställen.", false).await?;
            play.deliver_feedback("Tack! Nu står det bokhyllor i fyra väntrum. Din idé gjorde skillnad.")
                .await?;
            play.close().await
        }
        "implemented-quietly" => {
            play.hand_to_line().await?;
            play.implement("Filtar ligger i alla bilar sedan oktober.", false).await
        }
        "implemented-and-shared" => {
            play.hand_to_line().await?;
            play.implement("Prövat i tre månader med gott resultat.", true).await?;
            play.share(&text.key).await
        }
        "referred" => play.refer("fyrbodal").await.map(drop),
        "referred-accepted" => {
            let received = play.refer("fyrbodal").await?;
            play.receive(text, "fyrbodal", received).await
        }
        "referred-to-incubator" => {
            let received = play.refer("entreprenorsarenan").await?;
            play.receive(text, "entreprenorsarenan", received).await
        }
        "referred-returned" => {
            let received = play.refer("fyrbodal").await?;
            play.hand_back(received).await
        }
        "declined-exists" => {
            play.decline(
                pb::DeclineReason::Exists,
                "Nya maskiner är redan beställda och kommer till plan tre i höst.",
                "Hör av dig till servicecenter om maskinen krånglar innan dess.",
            )
            .await
        }
        "declined-scope" => {
            play.decline(
                pb::DeclineReason::OutOfScope,
                "Kollektivtrafiken bestäms av regionen, inte av kommunen.",
                "Skicka gärna förslaget till Västtrafik.",
            )
            .await
        }
        "declined-not-allowed" => {
            play.decline(
                pb::DeclineReason::NotAllowed,
                "Kameror där människor klär om är inte tillåtet.",
                "Prata med oss om låsbara skåp i stället.",
            )
            .await
        }
        "parked" => play.park().await,
        "withdrawn" => play.withdraw().await,
        course if course.starts_with("duplicate-of-") => play.link(course.trim_start_matches("duplicate-of-")).await,
        course if course.starts_with("superseded-by-") => {
            play.supersede(course.trim_start_matches("superseded-by-")).await
        }
        _ => Ok(()),
    }
}

fn in_half_a_year() -> String {
    use idesluss_runtime::Clock as _;
    let ahead = std::time::Duration::from_secs(180 * 86_400);
    idesluss_runtime::SystemClock.today().saturating_add(ahead).to_string()
}

fn idea_of(stage: &Stage, key: &str, day: jiff::civil::Date) -> IdeaId {
    Story::new(stage, key, day).idea()
}

impl Play {
    fn idea(&self) -> String {
        self.story.idea().to_string()
    }

    async fn submit(&mut self, text: &IdeaText) -> Result<(), DemoError> {
        let request = pb::SubmitIdeaRequest {
            command: self.story.next(),
            idea: self.idea(),
            title: text.title.clone(),
            problem: text.problem.clone(),
            proposal: text.proposal.clone(),
            expected_benefit: text.benefit.clone(),
            area: text.area.clone(),
            call: String::new(),
            terms: USUAL_TERMS.into(),
            owner: pb::IdeaOwner::Organisation.into(),
            concerned: text.concerned(),
        };
        done(
            "submitting",
            self.story.stage.submission(&self.submitter).submit_idea(request).await,
        )?;
        self.story.wait(2);
        Ok(())
    }

    async fn assign(&mut self) -> Result<(), DemoError> {
        let request = pb::AssignCoordinatorRequest {
            command: self.story.next(),
            idea: self.idea(),
            coordinator: self.coordinator.person.to_string(),
        };
        done(
            "assigning a coordinator",
            self.story
                .stage
                .submission(&self.coordinator)
                .assign_coordinator(request)
                .await,
        )?;
        Ok(())
    }

    async fn register(&mut self, registrar: &Actor) -> Result<(), DemoError> {
        let number = format!("SN 2026/{}", 100 + u32::from(self.story.id("dnr").as_bytes()[0]));
        let request = pb::RegisterIdeaRequest {
            command: self.story.next(),
            idea: self.idea(),
            number,
            secrecy: String::new(),
        };
        done(
            "registering",
            self.story.stage.submission(registrar).register_idea(request).await,
        )?;
        Ok(())
    }

    async fn ask(&mut self) -> Result<(), DemoError> {
        self.assign().await?;
        let request = pb::RequestClarificationRequest {
            command: self.story.next(),
            idea: self.idea(),
            question: "Vad tror du att det skulle kosta, och vem kan sköta det?".into(),
        };
        done(
            "asking",
            self.story
                .stage
                .submission(&self.coordinator)
                .request_clarification(request)
                .await,
        )?;
        self.story.wait(3);
        Ok(())
    }

    async fn answer(&mut self) -> Result<(), DemoError> {
        let request = pb::ProvideClarificationRequest {
            command: self.story.next(),
            idea: self.idea(),
            answer: "Ungefär 30 000 kronor för stolparna. Parkenheten sköter redan platsen.".into(),
        };
        done(
            "answering",
            self.story
                .stage
                .submission(&self.submitter)
                .provide_clarification(request)
                .await,
        )?;
        Ok(())
    }

    async fn brief(&mut self, text: &IdeaText) -> Result<(), DemoError> {
        self.assign().await?;
        self.story.wait(3);
        let request = pb::ApproveBriefRequest {
            command: self.story.next(),
            idea: self.idea(),
            title: text.title.clone(),
            problem: text.problem.clone(),
            proposal: text.proposal.clone(),
            expected_benefit: text.benefit.clone(),
            deidentified: true,
            concerned: text.concerned(),
        };
        done(
            "the brief",
            self.story
                .stage
                .submission(&self.coordinator)
                .approve_brief(request)
                .await,
        )?;
        Ok(())
    }

    async fn evaluated(&mut self, text: &IdeaText, far: Far) -> Result<(), DemoError> {
        self.brief(text).await?;
        let request = pb::AcceptIdeaRequest {
            command: self.story.next(),
            idea: self.idea(),
        };
        done(
            "accepting",
            self.story
                .stage
                .submission(&self.coordinator)
                .accept_idea(request)
                .await,
        )?;
        self.gate(1, Gate::Opportunity, far).await
    }

    async fn gate(&mut self, round: u32, gate: Gate, far: Far) -> Result<(), DemoError> {
        evaluate(&mut self.story, &self.home, round, gate, far).await
    }

    async fn through_pilot(&mut self, text: &IdeaText) -> Result<&mut Self, DemoError> {
        self.evaluated(text, ADVANCE).await?;
        self.gate(2, Gate::Concept, ADVANCE).await?;
        pilot(&mut self.story, &self.home, 3, true).await?;
        self.gate(3, Gate::Pilot, ADVANCE).await?;
        Ok(self)
    }

    async fn hand_to_line(&mut self) -> Result<(), DemoError> {
        self.assign().await?;
        self.story.wait(4);
        let request = pb::HandToLineRequest {
            command: self.story.next(),
            idea: self.idea(),
            unit: "Enheten som idén gäller".into(),
            responsible: "Enhetschefen".into(),
            // The one day that follows the calendar: nobody promises a day that has passed.
            due: in_half_a_year(),
        };
        done(
            "handing to the line",
            self.story
                .stage
                .submission(&self.coordinator)
                .hand_to_line(request)
                .await,
        )?;
        self.story.wait(20);
        Ok(())
    }

    async fn implement(&mut self, result: &str, shareable: bool) -> Result<(), DemoError> {
        let request = pb::ImplementIdeaRequest {
            command: self.story.next(),
            idea: self.idea(),
            result: result.into(),
            shareable,
        };
        done(
            "carrying out",
            self.story
                .stage
                .submission(&self.coordinator)
                .implement_idea(request)
                .await,
        )?;
        Ok(())
    }

    async fn deliver_feedback(&mut self, message: &str) -> Result<(), DemoError> {
        let command = self.story.next();
        let request = pb::DeliverFeedbackRequest {
            command,
            idea: self.idea(),
            message: message.into(),
        };
        // A decision reaches submission a moment after it was made.
        until("the feedback", || {
            let (mut submission, request) = (self.story.stage.submission(&self.coordinator), request.clone());
            async move { done("feedback", submission.deliver_feedback(request).await).ok() }
        })
        .await?;
        Ok(())
    }

    async fn close(&mut self) -> Result<(), DemoError> {
        let request = pb::CloseIdeaRequest {
            command: self.story.next(),
            idea: self.idea(),
        };
        done(
            "closing",
            self.story.stage.submission(&self.coordinator).close_idea(request).await,
        )?;
        Ok(())
    }

    /// Refers the idea; returns what it becomes at the receiver.
    async fn refer(&mut self, receiver: &str) -> Result<String, DemoError> {
        self.assign().await?;
        let text = pb::ApproveBriefRequest {
            command: self.story.next(),
            idea: self.idea(),
            title: "Idé från en granne i regionen".into(),
            problem: "Behovet finns i fler kommuner än vår.".into(),
            proposal: "Ta upp frågan gemensamt.".into(),
            expected_benefit: String::new(),
            deidentified: true,
            concerned: "Invånare i hela regionen".into(),
        };
        done(
            "the brief",
            self.story.stage.submission(&self.coordinator).approve_brief(text).await,
        )?;
        let request = pb::ReferIdeaRequest {
            command: self.story.next(),
            idea: self.idea(),
            receiver: receiver.into(),
            secrecy_check: pb::SecrecyCheck::NothingSecret.into(),
            submitter_told: true,
        };
        let referred = done(
            "referring",
            self.story.stage.submission(&self.coordinator).refer_idea(request).await,
        )?;
        self.story.wait(5);
        Ok(referred.received_as)
    }

    /// The receiver takes the idea up.
    async fn receive(&mut self, text: &IdeaText, receiver: &str, received: String) -> Result<(), DemoError> {
        let coordinator = self.story.stage.who(receiver, Role::Coordinator, 0);
        let command = self.story.next();
        let brief = pb::ApproveBriefRequest {
            command,
            idea: received.clone(),
            title: text.title.clone(),
            problem: text.problem.clone(),
            proposal: text.proposal.clone(),
            expected_benefit: text.benefit.clone(),
            deidentified: true,
            concerned: text.concerned(),
        };
        until("the receiver's own case", || {
            let (mut submission, brief) = (self.story.stage.submission(&coordinator), brief.clone());
            async move { done("the receiver's brief", submission.approve_brief(brief).await).ok() }
        })
        .await?;
        let accept = pb::AcceptIdeaRequest {
            command: self.story.next(),
            idea: received,
        };
        done(
            "accepting",
            self.story.stage.submission(&coordinator).accept_idea(accept).await,
        )?;
        Ok(())
    }

    /// The receiver finds that it is not its business.
    async fn hand_back(&mut self, received: String) -> Result<(), DemoError> {
        let coordinator = self.story.stage.who("fyrbodal", Role::Coordinator, 0);
        let command = self.story.next();
        let decline = pb::DeclineIdeaRequest {
            command,
            idea: received,
            reason: pb::DeclineReason::OutOfScope.into(),
            text: "Jouren regleras i lag för varje kommun. Ta upp den med grannkommunen direkt.".into(),
            instead: String::new(),
        };
        until("handing back", || {
            let (mut submission, decline) = (self.story.stage.submission(&coordinator), decline.clone());
            async move { done("handing back", submission.decline_idea(decline).await).ok() }
        })
        .await?;
        Ok(())
    }

    async fn decline(&mut self, reason: pb::DeclineReason, text: &str, instead: &str) -> Result<(), DemoError> {
        self.assign().await?;
        let request = pb::DeclineIdeaRequest {
            command: self.story.next(),
            idea: self.idea(),
            reason: reason.into(),
            text: text.into(),
            instead: instead.into(),
        };
        done(
            "declining",
            self.story
                .stage
                .submission(&self.coordinator)
                .decline_idea(request)
                .await,
        )?;
        Ok(())
    }

    async fn park(&mut self) -> Result<(), DemoError> {
        self.assign().await?;
        let request = pb::ParkIdeaRequest {
            command: self.story.next(),
            idea: self.idea(),
            awaits: "Tas upp när budgeten för nästa år är klar.".into(),
        };
        done(
            "parking",
            self.story.stage.submission(&self.coordinator).park_idea(request).await,
        )?;
        Ok(())
    }

    async fn withdraw(&mut self) -> Result<(), DemoError> {
        let request = pb::WithdrawIdeaRequest {
            command: self.story.next(),
            idea: self.idea(),
            reason: "It-enheten har redan gjort det.".into(),
        };
        done(
            "withdrawing",
            self.story
                .stage
                .submission(&self.submitter)
                .withdraw_idea(request)
                .await,
        )?;
        Ok(())
    }

    async fn link(&mut self, key: &str) -> Result<(), DemoError> {
        self.assign().await?;
        let of = idea_of(&self.story.stage, key, self.story.day);
        let request = pb::LinkDuplicateRequest {
            command: self.story.next(),
            idea: self.idea(),
            of: of.to_string(),
            consented: true,
        };
        // The idea that goes on is played beside this one.
        until("linking with the idea that goes on", || {
            let (mut submission, request) = (self.story.stage.submission(&self.coordinator), request.clone());
            async move { done("linking", submission.link_duplicate(request).await).ok() }
        })
        .await?;
        Ok(())
    }

    async fn supersede(&mut self, key: &str) -> Result<(), DemoError> {
        let by = idea_of(&self.story.stage, key, self.story.day);
        let request = pb::SupersedeIdeaRequest {
            command: self.story.next(),
            idea: self.idea(),
            by: vec![by.to_string()],
        };
        // The idea that takes its place is played beside this one.
        until("superseding by the idea that takes its place", || {
            let (mut submission, request) = (self.story.stage.submission(&self.coordinator), request.clone());
            async move { done("superseding", submission.supersede_idea(request).await).ok() }
        })
        .await?;
        Ok(())
    }

    async fn share_bicycles(&mut self) -> Result<(), DemoError> {
        let offer = Offer {
            title: "Cykelpool med tjänstekort",
            summary: "Sex elcyklar med lås som öppnas med tjänstekortet. Personal med besök i centrum cyklar, bilarna räcker till dem som kör längre. Rutiner, låsbeskrivning och avtalsmall ingår.",
            kind: sh::SolutionKind::WayOfWorking,
            kronor: (90_000, 160_000),
            prerequisites: "Tjänstekort med NFC, en låsbar plats med eluttag och någon som ser över cyklarna varje vecka.",
            visibility: sh::Visibility::Public,
        };
        let solution = publish(&mut self.story, "uddevalla", &offer).await?;
        let using = Use {
            home: "trollhattan",
            form: sh::AdoptionForm::Adapt,
            need: "Vi har också kö till bilarna, men längre avstånd.",
            metric: "väntan på bil per vecka",
            unit: "h",
            before: Some("14"),
            after: "5.5",
            class: sh::BenefitClass::Time,
            ends: Ends::InUse("Det gick lätt att komma igång. Tänk på att beställa vinterdäck i tid."),
        };
        adopt(&mut self.story, solution, &using).await?;
        let using = Use {
            home: "vanersborg",
            form: sh::AdoptionForm::Copy,
            need: "Vi vill ha färre leasade bilar.",
            metric: "leasingkostnad per månad",
            unit: "SEK",
            before: Some("62000"),
            after: "63500",
            class: sh::BenefitClass::Money,
            ends: Ends::Stopped(
                "Avtalet för bilarna gick inte att minska i förtid, så kostnaden steg i stället.",
                "Se efter när leasingavtalen går ut innan ni köper cyklar. Då hade vi sparat i stället.",
            ),
        };
        adopt(&mut self.story, solution, &using).await
    }

    async fn share(&mut self, key: &str) -> Result<(), DemoError> {
        let (offer, using) = match key {
            "kylskapslarm" => (
                Offer {
                    title: "Temperaturlarm för skolkök",
                    summary: "En givare i varje kyl och frys skickar sms till jouren när det blir för varmt. Inköpslista och monteringsbild ingår.",
                    kind: sh::SolutionKind::Product,
                    kronor: (800, 2_500),
                    prerequisites: "Trådlöst nät eller mobiltäckning i köket, och en jour som får larmet.",
                    visibility: sh::Visibility::Public,
                },
                Use {
                    home: "uddevalla",
                    form: sh::AdoptionForm::Copy,
                    need: "Vi slängde mat för 40 000 kronor förra året.",
                    metric: "slängd mat per månad",
                    unit: "SEK",
                    before: Some("3400"),
                    after: "600",
                    class: sh::BenefitClass::Money,
                    ends: Ends::InUse("Larmet räddade en hel frys i juli. Köp en givare i reserv."),
                },
            ),
            _ => (
                Offer {
                    title: "Bildkort på tio språk",
                    summary: "Häfte med bilder och ord för dagen på förskolan: ätit, sovit, ramlat, ledsen, feber. Fritt att skriva ut och lägga till språk.",
                    kind: sh::SolutionKind::WayOfWorking,
                    kronor: (0, 400),
                    prerequisites: "En skrivare och en timme på en personalträff.",
                    visibility: sh::Visibility::Region,
                },
                Use {
                    home: "trollhattan",
                    form: sh::AdoptionForm::Adapt,
                    need: "Föräldrarna säger att de inte får veta hur dagen har varit.",
                    metric: "föräldrar som är nöjda med lämning och hämtning",
                    unit: "%",
                    before: None,
                    after: "91",
                    class: sh::BenefitClass::Quality,
                    ends: Ends::InUse("Vi la till somaliska och tigrinska. Korten används varje dag."),
                },
            ),
        };
        let home = self.home.clone();
        let solution = publish(&mut self.story, &home, &offer).await?;
        adopt(&mut self.story, solution, &using).await
    }
}

/// Two calls: one open, one closed.
pub(super) async fn calls(stage: &Stage) -> Result<(), DemoError> {
    let calls = [
        (
            "uddevalla",
            "Hur får fler äldre sällskap?",
            "Många av dem vi möter talar inte med någon annan under veckan.",
            "100 000 kronor och en samordnare på halvtid under våren.",
            "",
            false,
        ),
        (
            "trollhattan",
            "Mindre matsvinn i skolan",
            "Vi slänger en tredjedel av maten i några kök.",
            "50 000 kronor för inköp.",
            "",
            true,
        ),
    ];
    for (home, title, need, resources, until, closed) in calls {
        let mut story = Story::new(stage, &format!("call/{home}"), jiff::civil::date(2026, 5, 4));
        let owner = stage.who(home, Role::NeedOwner, 0);
        let call = Uuid::to_string(&story.id("call"));
        let open = pb::OpenCallRequest {
            command: story.next(),
            call: call.clone(),
            title: title.into(),
            need: need.into(),
            resources: resources.into(),
            until: until.into(),
        };
        done("opening a call", stage.submission(&owner).open_call(open).await)?;
        if closed {
            story.wait(150);
            let close = pb::CloseCallRequest {
                command: story.next(),
                call,
                outcome: "Elva idéer kom in. Två genomförs i höst.".into(),
            };
            done("closing a call", stage.submission(&owner).close_call(close).await)?;
        }
    }
    Ok(())
}
