//! Words of the domain as people read them.

use crate::lang::Lang;
use idesluss_auditor::spaced;
use idesluss_domain::evaluation::standard_criteria;
use idesluss_domain::words::Role;
use idesluss_proto::pb::evaluation as ev;
use idesluss_proto::pb::sharing as sh;
use idesluss_proto::pb::submission as sub;

pub(crate) fn role(l: Lang, role: Role) -> &'static str {
    match role {
        Role::Submitter => l.t("idégivare", "submitter"),
        Role::Coordinator => l.t("slussledare", "coordinator"),
        Role::Assessor => l.t("bedömare", "assessor"),
        Role::NeedOwner => l.t("behovsägare", "need owner"),
        Role::DecisionMaker => l.t("beslutsfattare", "decision-maker"),
        Role::Registrar => l.t("registrator", "registrar"),
        Role::Steward => l.t("förvaltare", "steward"),
        Role::Adopter => l.t("införare", "adopter"),
        Role::Auditor => l.t("revisor", "auditor"),
        Role::Operator => l.t("driftansvarig", "operator"),
        Role::Service => l.t("tjänsten själv", "the service itself"),
    }
}

pub(crate) fn idea_phase(l: Lang, phase: sub::Phase) -> &'static str {
    match phase {
        sub::Phase::Unspecified => "",
        sub::Phase::Submitted => l.t("Inlämnad", "Submitted"),
        sub::Phase::NeedsClarification => l.t("Väntar på svar från idégivaren", "Waits for the submitter"),
        sub::Phase::Accepted => l.t("Antagen", "Accepted"),
        sub::Phase::InEvaluation => l.t("Bedöms", "In evaluation"),
        sub::Phase::Decided => l.t("Beslutad", "Decided"),
        sub::Phase::AtHome => l.t("Hos verksamheten", "At home"),
        sub::Phase::Referred => l.t("Slussad vidare", "Referred"),
        sub::Phase::Declined => l.t("Avböjd", "Declined"),
        sub::Phase::Duplicate => l.t("Går vidare som en annan idé", "Goes on as another idea"),
        sub::Phase::Superseded => l.t("Ersatt", "Superseded"),
        sub::Phase::Parked => l.t("Vilande", "Parked"),
        sub::Phase::Withdrawn => l.t("Återtagen", "Withdrawn"),
        sub::Phase::Closed => l.t("Avslutad", "Closed"),
    }
}

pub(crate) fn decline_reason(l: Lang, reason: sub::DeclineReason) -> &'static str {
    match reason {
        sub::DeclineReason::Unspecified => "",
        sub::DeclineReason::OutOfScope => l.t("Hör inte till oss", "Not ours to decide"),
        sub::DeclineReason::Exists => l.t("Finns redan", "Exists already"),
        sub::DeclineReason::NoIdea => l.t("Är ett klagomål eller en fråga", "A complaint or a question"),
        sub::DeclineReason::NotAllowed => l.t("Är inte tillåtet", "Not allowed"),
        sub::DeclineReason::TooVague => l.t("För oklart, trots frågor", "Too vague, in spite of questions"),
    }
}

pub(crate) fn gate(l: Lang, gate: ev::Gate) -> &'static str {
    match gate {
        ev::Gate::Unspecified => l.t("Tidigare", "Earlier"),
        ev::Gate::Opportunity => l.t("Möjlighet", "Opportunity"),
        ev::Gate::Concept => l.t("Koncept", "Concept"),
        ev::Gate::Pilot => l.t("Pilot", "Pilot"),
        ev::Gate::Rollout => l.t("Breddinförande", "Rollout"),
    }
}

pub(crate) fn outcome(l: Lang, outcome: ev::Outcome) -> &'static str {
    match outcome {
        ev::Outcome::Unspecified => "",
        ev::Outcome::Advance => l.t("Går vidare", "Advance"),
        ev::Outcome::Return => l.t("Tillbaka för komplettering", "Return"),
        ev::Outcome::Park => l.t("Vilar", "Park"),
        ev::Outcome::Reject => l.t("Avslag", "Reject"),
    }
}

pub(crate) fn evaluation_phase(l: Lang, phase: ev::Phase) -> &'static str {
    match phase {
        ev::Phase::Unspecified => "",
        ev::Phase::Assessing => l.t("Bedöms", "Assessing"),
        ev::Phase::Revealed => l.t("Omdömen visade", "Assessments shown"),
        ev::Phase::Recommended => l.t("Rekommenderad", "Recommended"),
        ev::Phase::Decided => l.t("Beslutad", "Decided"),
        ev::Phase::Closed => l.t("Stängd utan beslut", "Closed without a decision"),
        ev::Phase::Earlier => l.t("Före idéslussen", "Before the sluice"),
    }
}

pub(crate) fn support(l: Lang, kind: ev::SupportKind) -> &'static str {
    match kind {
        ev::SupportKind::Unspecified => "",
        ev::SupportKind::Development => l.t("Utveckling", "Development"),
        ev::SupportKind::Implementation => l.t("Genomförande", "Implementation"),
        ev::SupportKind::Commercialisation => l.t("Affärsutveckling", "Commercialisation"),
        ev::SupportKind::Procurement => l.t("Innovationsupphandling", "Procurement of innovation"),
        ev::SupportKind::Testbed => l.t("Testmiljö", "Testbed"),
    }
}

pub(crate) fn verdict(l: Lang, verdict: ev::PilotVerdict) -> &'static str {
    match verdict {
        ev::PilotVerdict::Unspecified => l.t("Pågår", "Goes on"),
        ev::PilotVerdict::Confirmed => l.t("Det vi trodde stämde", "What was believed held"),
        ev::PilotVerdict::Refuted => l.t("Det vi trodde stämde inte", "What was believed did not hold"),
        ev::PilotVerdict::Inconclusive => l.t("Gick inte att avgöra", "It could not be told"),
    }
}

pub(crate) fn kind(l: Lang, kind: sh::SolutionKind) -> &'static str {
    match kind {
        sh::SolutionKind::Unspecified => "",
        sh::SolutionKind::Product => l.t("Produkt", "Product"),
        sh::SolutionKind::Service => l.t("Tjänst", "Service"),
        sh::SolutionKind::WayOfWorking => l.t("Arbetssätt", "Way of working"),
    }
}

pub(crate) fn visibility(l: Lang, visibility: sh::Visibility) -> &'static str {
    match visibility {
        sh::Visibility::Unspecified => "",
        sh::Visibility::Own => l.t("Bara vår organisation", "Our organisation only"),
        sh::Visibility::Region => l.t("Hela regionen", "The whole region"),
        sh::Visibility::Public => l.t("Alla", "Everybody"),
    }
}

pub(crate) fn solution_phase(l: Lang, phase: sh::SolutionPhase) -> &'static str {
    match phase {
        sh::SolutionPhase::Unspecified => "",
        sh::SolutionPhase::Drafted => l.t("Utkast", "Draft"),
        sh::SolutionPhase::Published => l.t("Erbjuds", "Offered"),
        sh::SolutionPhase::Retired => l.t("Erbjuds inte längre", "No longer offered"),
    }
}

pub(crate) fn adoption_phase(l: Lang, phase: sh::AdoptionPhase) -> &'static str {
    match phase {
        sh::AdoptionPhase::Unspecified => "",
        sh::AdoptionPhase::Interested => l.t("Intresse", "Interest"),
        sh::AdoptionPhase::Decided => l.t("Beslutat", "Decided"),
        sh::AdoptionPhase::Started => l.t("Påbörjat", "Started"),
        sh::AdoptionPhase::InUse => l.t("I bruk", "In use"),
        sh::AdoptionPhase::Discontinued => l.t("Avslutat", "Discontinued"),
    }
}

pub(crate) fn adoption_form(l: Lang, form: sh::AdoptionForm) -> &'static str {
    match form {
        sh::AdoptionForm::Unspecified => "",
        sh::AdoptionForm::Copy => l.t("Som den är", "As it is"),
        sh::AdoptionForm::Adapt => l.t("Anpassad", "Adapted"),
        sh::AdoptionForm::JointProcurement => l.t("Gemensam upphandling", "Joint procurement"),
    }
}

pub(crate) fn benefit_class(l: Lang, class: sh::BenefitClass) -> &'static str {
    match class {
        sh::BenefitClass::Unspecified => "",
        sh::BenefitClass::Money => l.t("Pengar", "Money"),
        sh::BenefitClass::Time => l.t("Tid", "Time"),
        sh::BenefitClass::Quality => l.t("Kvalitet", "Quality"),
    }
}

/// What one of the standard criteria is called; a set of one's own tells its names itself.
pub(crate) fn criterion(l: Lang, key: &str) -> String {
    let known = standard_criteria()
        .into_iter()
        .find(|criterion| criterion.key.as_str() == key);
    known.map_or_else(
        || key.to_owned(),
        |criterion| l.t(&criterion.name_sv, &criterion.name_en).to_owned(),
    )
}

/// What happened, by the name of its event. English names are the events' own words.
pub(crate) fn event(l: Lang, kind: &str) -> String {
    let swedish = EVENTS.iter().find(|(name, _)| *name == kind).map(|(_, words)| *words);
    match (l, swedish) {
        (Lang::Swedish, Some(words)) => words.to_owned(),
        _ => spaced(kind),
    }
}

const EVENTS: [(&str, &str); 84] = [
    ("IdeaSubmitted", "Idén lämnades in"),
    ("TermsAccepted", "Villkoren godtogs"),
    ("ReceiptSent", "Kvitto skickades"),
    ("AnswerDueMoved", "Dagen för svar flyttades"),
    ("CoordinatorAssigned", "Slussledare utsågs"),
    ("IdeaRegistered", "Registrerades i diariet"),
    ("AttachmentAdded", "Fil lades till"),
    ("CoauthorProposed", "En kollega fick frågan om att vara medförfattare"),
    ("CoauthorAdded", "En kollega tackade ja till att vara medförfattare"),
    ("CoauthorDeclined", "En kollega tackade nej till att vara medförfattare"),
    (
        "AuthorsExcluded",
        "Författare till en idé som går vidare i den här deltar inte i bedömningen",
    ),
    ("SupportExpressed", "Fick stöd"),
    ("ConsentGiven", "Samtycke till att nämnas"),
    ("ConsentWithdrawn", "Samtycke återtogs"),
    ("ClarificationRequested", "Fråga ställdes"),
    ("ClarificationProvided", "Fråga besvarades"),
    ("SimilarIdeasSuggested", "Liknande idéer noterades"),
    ("IdeaLinkedAsDuplicate", "Länkades som dubblett"),
    ("IdeaSuperseded", "Ersattes"),
    ("BriefApproved", "Underlaget godkändes"),
    ("BriefReplaced", "Underlaget byttes ut"),
    ("IdeaAccepted", "Idén antogs"),
    ("EvaluationStarted", "Bedömningen började"),
    ("GateDecided", "Grinden beslutades"),
    ("IdeaHandedToLine", "Lämnades till verksamheten"),
    ("IdeaImplemented", "Genomfördes"),
    ("IdeaReferred", "Slussades vidare"),
    ("IdeaReceived", "Togs emot"),
    ("ReferralAnswered", "Mottagaren svarade"),
    ("IdeaReturned", "Kom tillbaka"),
    ("IdeaDeclined", "Avböjdes"),
    ("IdeaReopened", "Öppnades igen"),
    ("IdeaParked", "Lades vilande"),
    ("IdeaReactivated", "Togs upp igen"),
    ("IdeaWithdrawn", "Togs tillbaka"),
    ("AnswerOverdue", "Svaret blev försenat"),
    ("FeedbackDelivered", "Återkoppling"),
    ("IdeaClosed", "Avslutades"),
    ("ErasureRequested", "Radering begärdes"),
    ("ErasureDecided", "Radering beslutades"),
    ("TextsErased", "Texter raderades"),
    ("PersonalDataErased", "Alla texter är raderade"),
    ("ErasureRefused", "Radering nekades"),
    ("TextsDisclosed", "Texter lämnades ut till en revisor"),
    ("EvaluationOpened", "Bedömningen öppnades"),
    ("NeedOwnerConfirmed", "Behovet bekräftades"),
    ("AssessorAssigned", "Bedömare utsågs"),
    ("NoConflictDeclared", "Inget jäv"),
    ("ConflictDeclared", "Jäv anmäldes"),
    ("AssessorRecused", "Bedömare klev av"),
    ("AssessmentSubmitted", "Omdöme lämnades"),
    ("AssessmentRevised", "Omdöme ändrades"),
    ("AssessmentsRevealed", "Omdömena visades"),
    ("RecommendationIssued", "Rekommendation"),
    ("MandateVerified", "Mandatet kontrollerades"),
    ("DecisionMade", "Beslut"),
    ("DecisionReported", "Beslutet anmäldes"),
    ("DecisionCorrected", "Beslutet rättades"),
    ("DecisionReconsidered", "Beslutet omprövades"),
    ("ResourcesCommitted", "Resurser avsattes"),
    ("SupportArranged", "Stöd ordnades"),
    ("PilotStarted", "Pilot började"),
    ("PilotCompleted", "Pilot avslutades"),
    ("EvaluationClosed", "Bedömningen stängdes"),
    ("EarlierDecisionRecorded", "Tidigare beslut övertogs"),
    ("EarlierAssessmentRecorded", "Tidigare omdöme övertogs"),
    ("SolutionDrafted", "Utkast till lösning"),
    ("SolutionPublished", "Lösningen publicerades"),
    ("SolutionVersioned", "Ny version av lösningen"),
    ("SolutionRetired", "Lösningen drogs in"),
    ("InterestRegistered", "Intresse anmäldes"),
    ("AdoptionDecided", "Införande beslutades"),
    ("AdoptionStarted", "Införande påbörjades"),
    ("AdoptionCompleted", "Togs i bruk"),
    ("BaselineRecorded", "Nolläge registrerades"),
    ("BenefitMeasured", "Nytta mättes"),
    ("AdoptionDiscontinued", "Införandet avslutades"),
    ("ExperienceShared", "Erfarenhet delades"),
    ("CallOpened", "Utlysningen öppnades"),
    ("CallClosed", "Utlysningen stängdes"),
    ("CriteriaAdopted", "Kriterier antogs"),
    ("DelegationOrderAdopted", "Delegationsordning antogs"),
    ("MandateSubdelegated", "Mandat lämnades vidare"),
    ("MandateRevoked", "Mandat återkallades"),
];
