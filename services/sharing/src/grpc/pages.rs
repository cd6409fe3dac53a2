//! One solution, one adoption.

use super::Answer;
use super::catalogue::{Catalogue, unknown};
use super::lists::{adoption_row, measured, solution_row};
use crate::views::{self, Benefits};
use idesluss_domain::Event;
use idesluss_domain::rights::offered;
use idesluss_domain::sharing::adoption::{Adoption, AdoptionRejection};
use idesluss_domain::sharing::{AdoptionEvent, Adoptions, SolutionEvent, adoption, solution};
use idesluss_domain::words::{AdoptionId, Date, SealedText, SolutionId, StreamName};
use idesluss_engine::{Asker, Loaded, Page, members_in, rejected};
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::requests::sharing::{GetAdoption, GetSolution};
use std::collections::HashMap;
use tonic::Status;

pub(super) async fn get_solution(
    catalogue: Catalogue,
    asker: Asker,
    asked: GetSolution,
) -> Answer<pb::GetSolutionRequest> {
    let id = asked.solution;
    let organisation = asker.actor().organisation.to_string();
    let ask = move |conn: &rusqlite::Connection| {
        let asked = Benefits {
            asker: organisation,
            solution: id.to_string(),
            class: 0,
        };
        let page = Page::first(500);
        Ok((
            views::solutions(conn, &[id.0])?.pop(),
            views::of_solution(conn, &id.to_string())?,
            views::benefits(conn, &asked, page)?.0,
        ))
    };
    let ((row, adoptions, benefits), position) = catalogue.catalogue.query(asker.after.as_ref(), ask).await?;
    let mut streams = vec![StreamName::solution(id)];
    let users = adoptions
        .iter()
        .filter_map(|row| row.adoption.parse::<AdoptionId>().ok());
    streams.extend(users.map(StreamName::adoption));
    let loaded = catalogue.context.engine.load(&streams).await?;
    let state = loaded.state::<idesluss_domain::sharing::Solutions>(&streams[0]);
    let row = row.filter(|_| asker.permit.sees(&state).is_ok()).ok_or_else(unknown)?;
    let told = experiences(&loaded, &streams[1..]);
    let told_by = streams[1..].iter().flat_map(|stream| loaded.entries(stream));
    let mut members = members_in(told_by, told.lessons.iter().map(|(_, lesson, _)| *lesson));
    members.extend(benefits.iter().filter_map(|row| row.no_baseline.clone()));
    let texts = catalogue.context.open(&asker.permit, members).await?;
    let title = state
        .published
        .iter()
        .map(|(description, _)| (id.to_string(), description.title.clone()));
    let titles: HashMap<String, String> = title.collect();
    let (changes, retired) = versions(&loaded, &streams[0]);
    let mut actions = offered(solution::rights::RULES, asker.actor(), &state);
    let interest = &adoption::rights::REGISTER_INTEREST;
    if state.is_offered_to(&asker.actor().organisation) && interest.offers(asker.actor(), &Adoption::default()) {
        actions.push(interest.action.to_owned());
    }
    Ok(pb::GetSolutionResponse {
        row: Some(solution_row(row, &titles)),
        description: state
            .published
            .as_ref()
            .map(|(description, _)| pb::Description::from(description)),
        steward: state.steward.map(|person| person.to_string()).unwrap_or_default(),
        changes,
        retired_reason: retired.as_ref().map(|(reason, _)| reason.clone()).unwrap_or_default(),
        replaced_by: retired
            .and_then(|(_, instead)| instead)
            .map(|id| id.to_string())
            .unwrap_or_default(),
        adoptions: adoptions.into_iter().map(|row| adoption_row(row, &titles)).collect(),
        benefits: benefits.into_iter().map(|row| measured(row, &texts)).collect(),
        lessons: told
            .lessons
            .into_iter()
            .map(|(organisation, lesson, discontinued_at)| pb::Lesson {
                organisation,
                lesson: texts.get(Some(lesson)),
                discontinued_at,
            })
            .collect(),
        experiences: told.experiences,
        position,
        actions,
    })
}

/// What was new in each version, and why and for what it was retired.
fn versions(loaded: &Loaded, stream: &StreamName) -> (Vec<String>, Option<(String, Option<SolutionId>)>) {
    let (mut changes, mut retired) = (Vec::new(), None);
    for entry in loaded.entries(stream) {
        match &entry.event {
            Some(Event::Solution(SolutionEvent::SolutionPublished(_))) => changes.push(String::new()),
            Some(Event::Solution(SolutionEvent::SolutionVersioned(version))) => changes.push(version.changes.clone()),
            Some(Event::Solution(SolutionEvent::SolutionRetired(end))) => {
                retired = Some((end.reason.clone(), end.replaced_by));
            }
            _ => {}
        }
    }
    (newest(changes, String::len), retired)
}

/// How many bytes the texts of one list have at the most: a page shows the newest that fit.
const LIST_BYTES: usize = 512 * 1024;

/// The newest of a list, in its order: as many as fit.
fn newest<T>(mut list: Vec<T>, bytes: impl Fn(&T) -> usize) -> Vec<T> {
    let mut room = LIST_BYTES;
    let fits = |item: &&T| match room.checked_sub(bytes(item) + 100) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    let kept = list.iter().rev().take_while(fits).count();
    list.split_off(list.len() - kept)
}

/// What adopters tell others.
#[derive(Default)]
struct Experiences {
    experiences: Vec<pb::Experience>,
    /// Organisation, lesson, when.
    lessons: Vec<(String, SealedText, String)>,
}

fn experiences(loaded: &Loaded, adoptions: &[StreamName]) -> Experiences {
    let mut told = Experiences::default();
    for entry in adoptions.iter().flat_map(|stream| loaded.entries(stream)) {
        let (organisation, time) = (entry.meta.organisation.to_string(), entry.recorded.to_string());
        match &entry.event {
            Some(Event::Adoption(AdoptionEvent::ExperienceShared(shared))) => told.experiences.push(pb::Experience {
                organisation,
                experience: shared.experience.clone(),
                shared_at: time,
            }),
            Some(Event::Adoption(AdoptionEvent::AdoptionDiscontinued(ended))) => {
                told.lessons.push((organisation, ended.lesson, time));
            }
            _ => {}
        }
    }
    told.experiences = newest(told.experiences, |told| told.experience.len());
    // A lesson's text has at most 10,000 characters of four bytes.
    told.lessons = newest(told.lessons, |_| 40_000);
    told
}

pub(super) async fn get_adoption(
    catalogue: Catalogue,
    asker: Asker,
    asked: GetAdoption,
) -> Answer<pb::GetAdoptionRequest> {
    let id = asked.adoption;
    catalogue.context.wait(&asker).await?;
    let stream = StreamName::adoption(id);
    let position = catalogue.context.engine.store().head().borrow().size;
    let loaded = catalogue.context.engine.load(std::slice::from_ref(&stream)).await?;
    let state = loaded.state::<Adoptions>(&stream);
    let interest = state
        .interest
        .clone()
        .ok_or_else(|| rejected(AdoptionRejection::Unknown))?;
    asker.permit.sees(&state).map_err(rejected)?;
    let titles = catalogue
        .titles(
            &asker.actor().organisation,
            std::iter::once(interest.solution.to_string().as_str()),
        )
        .await?;
    let mut page = pb::GetAdoptionResponse {
        position,
        baselines: state.baselines.values().map(pb::Measurement::from).collect(),
        actions: offered(adoption::rights::RULES, asker.actor(), &state),
        ..pb::GetAdoptionResponse::default()
    };
    fill(&catalogue, &asker, &mut page, &loaded, &stream, &state).await?;
    let last = loaded.entries(&stream).last().map(|entry| entry.recorded.to_string());
    page.row = Some(pb::AdoptionRow {
        adoption: id.to_string(),
        solution: interest.solution.to_string(),
        title: titles.into_values().next().unwrap_or_default(),
        organisation: interest.organisation.to_string(),
        phase: state.phase.map_or(0, |phase| pb::AdoptionPhase::from(phase) as i32),
        form: form(&loaded, &stream),
        changed_at: last.unwrap_or_default(),
        baselines: u32::try_from(state.baselines.len()).unwrap_or(u32::MAX),
        benefits: u32::try_from(state.benefits.len()).unwrap_or(u32::MAX),
    });
    Ok(page)
}

fn form(loaded: &Loaded, stream: &StreamName) -> i32 {
    let decided = loaded.entries(stream).iter().find_map(|entry| match &entry.event {
        Some(Event::Adoption(AdoptionEvent::AdoptionDecided(decided))) => Some(decided.form),
        _ => None,
    });
    decided.map_or(0, |form| pb::AdoptionForm::from(form) as i32)
}

/// Days and texts, the latter opened in one batch.
async fn fill(
    catalogue: &Catalogue,
    asker: &Asker,
    page: &mut pb::GetAdoptionResponse,
    loaded: &Loaded,
    stream: &StreamName,
    state: &Adoption,
) -> Result<(), Status> {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    page.starts_on = day(state.starts_on);
    page.in_use_from = day(state.in_use_from);
    let mut digests: Vec<SealedText> = Vec::new();
    let (mut need, mut reasons, mut postponed, mut deviations, mut end) = (None, None, None, None, None);
    for entry in loaded.entries(stream) {
        let Some(Event::Adoption(event)) = &entry.event else {
            continue;
        };
        match event {
            AdoptionEvent::InterestRegistered(interest) => need = interest.need,
            AdoptionEvent::AdoptionDecided(decided) => reasons = Some(decided.reasons),
            AdoptionEvent::AdoptionPostponed(later) => postponed = Some(later.reason),
            AdoptionEvent::AdoptionCompleted(completed) => deviations = completed.deviations,
            AdoptionEvent::AdoptionDiscontinued(ended) => end = Some((ended.reason, ended.lesson)),
            AdoptionEvent::ExperienceShared(shared) => page.experiences.push(shared.experience.clone()),
            _ => {}
        }
    }
    digests.extend(
        [
            need,
            reasons,
            postponed,
            deviations,
            end.map(|end| end.0),
            end.map(|end| end.1),
        ]
        .into_iter()
        .flatten(),
    );
    digests.extend(
        state
            .benefits
            .iter()
            .flat_map(|benefit| [benefit.evidence, benefit.no_baseline])
            .flatten(),
    );
    let texts = catalogue
        .context
        .open(&asker.permit, members_in(loaded.entries(stream), digests))
        .await?;
    page.need = texts.get(need);
    page.reasons = texts.get(reasons);
    page.postponed = texts.get(postponed);
    page.deviations = texts.get(deviations);
    page.reason = texts.get(end.map(|end| end.0));
    page.lesson = texts.get(end.map(|end| end.1));
    let benefit = |benefit: &idesluss_domain::sharing::adoption::BenefitMeasured| pb::Benefit {
        measurement: Some(pb::Measurement::from(&benefit.measurement)),
        class: pb::BenefitClass::from(benefit.class).into(),
        better: pb::Better::from(benefit.better).into(),
        baseline: state
            .baselines
            .get(&benefit.measurement.metric)
            .map(pb::Measurement::from),
        no_baseline: texts.get(benefit.no_baseline),
        evidence: texts.get(benefit.evidence),
    };
    page.benefits = state.benefits.iter().map(benefit).collect();
    page.benefits = newest(std::mem::take(&mut page.benefits), |benefit| {
        let texts = [&benefit.no_baseline, &benefit.evidence];
        texts.into_iter().flatten().map(|text| text.text.len() + 600).sum()
    });
    // As in the other lists of them.
    page.benefits.reverse();
    page.experiences = newest(std::mem::take(&mut page.experiences), String::len);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::newest;

    #[test]
    fn a_list_that_grows_without_end_shows_its_newest() {
        let list: Vec<usize> = (0..1_000).collect();
        let kept = newest(list.clone(), |_| 10_000);
        assert_eq!(kept.last(), Some(&999));
        assert_eq!(kept.len(), 512 * 1024 / 10_100);
        assert!(kept.windows(2).all(|pair| pair[0] + 1 == pair[1]));
        assert_eq!(newest(list.clone(), |_| 1), list);
    }
}
