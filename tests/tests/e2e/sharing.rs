//! From an idea that was carried out to a neighbour's measured benefit.

use idesluss_domain::words::{IdeaId, SolutionId};
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::sharing as sh;
use idesluss_tests::{Instance, Someone, Ways, eventually};
use tonic::Code;
use uuid::Uuid;

fn measurement(value: &str, from: &str, to: &str) -> Option<sh::Measurement> {
    Some(sh::Measurement {
        metric: "timmar per vecka".into(),
        unit: "h".into(),
        value: value.into(),
        from: from.into(),
        to: to.into(),
    })
}

/// What a solution is published with.
pub(crate) fn publication(steward: &Someone, solution: &str) -> sh::PublishSolutionRequest {
    sh::PublishSolutionRequest {
        command: steward.command(),
        solution: solution.to_owned(),
        description: Some(sh::Description {
            title: "Kylskåpslarm".into(),
            summary: "En givare larmar köket innan maten blir dålig.".into(),
            kind: sh::SolutionKind::Product.into(),
            licence: "CC-BY-4.0".into(),
            contact: "kost@uddevalla.example".into(),
            cost_known: true,
            lowest_kronor: 500,
            highest_kronor: 2_000,
            prerequisites: "Trådlöst nät i köket.".into(),
        }),
        visibility: sh::Visibility::Region.into(),
        cleared: true,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idea_carried_out_at_home_becomes_a_solution_that_a_neighbour_adopts_and_measures() {
    walk(&Instance::start()).await;
}

/// An idea's way from home to a neighbour's measured benefit, wherever the services run.
pub(crate) async fn walk(instance: &Ways) {
    let (mut sharing, mut solutions) = (instance.sharing(), instance.solutions());
    let idea = instance.implemented_idea().await;
    let parsed: IdeaId = idea.parse().expect("a UUID");
    let solution = SolutionId::derive(parsed).to_string();
    let steward = Someone::who("uddevalla", Role::Steward);
    let draft = eventually(|| {
        let (mut solutions, query, solution) = (solutions.clone(), steward.asks(), solution.clone());
        let request = steward.says(sh::GetSolutionRequest { query, solution });
        async move { Ok(solutions.get_solution(request).await.ok()) }
    })
    .await
    .into_inner();
    assert!(
        draft.actions.contains(&"publish".to_owned()) && draft.description.is_none(),
        "{draft:?}"
    );

    let published = sharing
        .publish_solution(steward.says(publication(&steward, &solution)))
        .await
        .expect("published")
        .into_inner();

    let adopter = Someone::who("trollhattan", Role::Adopter);
    let found = eventually(|| {
        let mut solutions = solutions.clone();
        let request = adopter.says(sh::ListSolutionsRequest {
            query: adopter.asks_after(published.token.clone()),
            words: "larma givaren".into(),
            ..sh::ListSolutionsRequest::default()
        });
        async move { Ok(solutions.list_solutions(request).await?.into_inner().solutions.pop()) }
    })
    .await;
    assert_eq!(
        (found.title.as_str(), found.solution.as_str()),
        ("Kylskåpslarm", solution.as_str())
    );

    let adoption = Uuid::new_v4().to_string();
    let interest = sh::RegisterInterestRequest {
        command: adopter.command(),
        adoption: adoption.clone(),
        solution: solution.clone(),
        need: "Vi slänger för mycket mat.".into(),
    };
    sharing
        .register_interest(adopter.says(interest))
        .await
        .expect("interest");
    let baseline = sh::RecordBaselineRequest {
        command: adopter.command(),
        adoption: adoption.clone(),
        measurement: measurement("12", "2026-01-01", "2026-03-31"),
    };
    sharing
        .record_baseline(adopter.says(baseline))
        .await
        .expect("a baseline");
    let decide = sh::DecideAdoptionRequest {
        command: adopter.command(),
        adoption: adoption.clone(),
        form: sh::AdoptionForm::Adapt.into(),
        reasons: "Billigt och enkelt.".into(),
    };
    sharing.decide_adoption(adopter.says(decide)).await.expect("decided");
    let start = sh::StartAdoptionRequest {
        command: adopter.command(),
        adoption: adoption.clone(),
        starts_on: "2026-04-01".into(),
    };
    sharing.start_adoption(adopter.says(start)).await.expect("started");
    let postpone = sh::PostponeAdoptionRequest {
        command: adopter.command(),
        adoption: adoption.clone(),
        starts_on: "2026-04-20".into(),
        reason: "Givarna är försenade.".into(),
    };
    sharing
        .postpone_adoption(adopter.says(postpone))
        .await
        .expect("put off");
    let complete = sh::CompleteAdoptionRequest {
        command: adopter.command(),
        adoption: adoption.clone(),
        in_use_from: "2026-05-01".into(),
        deviations: "Annan givare.".into(),
    };
    sharing.complete_adoption(adopter.says(complete)).await.expect("in use");
    let measure = |unit: &str| sh::MeasureBenefitRequest {
        command: adopter.command(),
        adoption: adoption.clone(),
        measurement: measurement("9.5", "2026-06-01", "2026-08-31").map(|measurement| sh::Measurement {
            unit: unit.into(),
            ..measurement
        }),
        class: sh::BenefitClass::Time.into(),
        better: sh::Better::Lower.into(),
        evidence: "Tidrapporter.".into(),
        no_baseline: String::new(),
    };
    let refused = sharing
        .measure_benefit(adopter.says(measure("min")))
        .await
        .expect_err("another unit");
    assert_eq!(refused.code(), Code::InvalidArgument);
    let measured = sharing
        .measure_benefit(adopter.says(measure("h")))
        .await
        .expect("measured")
        .into_inner();

    let home = Someone::who("uddevalla", Role::Coordinator);
    let page = solutions
        .get_solution(home.says(sh::GetSolutionRequest {
            query: home.asks_after(measured.token),
            solution: solution.clone(),
        }))
        .await
        .expect("the solution")
        .into_inner();
    let benefit = page.benefits[0].benefit.clone().expect("a benefit");
    assert_eq!(benefit.baseline.expect("beside its baseline").value, "12");
    assert_eq!(benefit.measurement.expect("a measurement").value, "9.5");
    assert_eq!(benefit.evidence, None, "evidence is the adopter's own");
    assert_eq!(
        page.row.map(|row| (row.adoptions, row.in_use, row.benefits)),
        Some((1, 1, 1))
    );

    let refused = solutions
        .get_adoption(home.says(sh::GetAdoptionRequest {
            query: home.asks(),
            adoption,
        }))
        .await
        .expect_err("another organisation's adoption");
    assert_eq!(refused.code(), Code::PermissionDenied);
    only_the_shown_title(instance, &solution, [&steward, &adopter]).await;
}

/// What the steward keeps for their own organisation from now on, the adopter knows by the title of before.
async fn only_the_shown_title(instance: &Ways, solution: &str, [steward, adopter]: [&Someone; 2]) {
    let (mut sharing, mut solutions) = (instance.sharing(), instance.solutions());
    let shown = publication(steward, solution);
    let description = sh::Description {
        title: "Hemligt kylskåp".into(),
        ..shown.description.expect("a description")
    };
    let version = sh::VersionSolutionRequest {
        command: steward.command(),
        solution: solution.to_owned(),
        description: Some(description),
        visibility: sh::Visibility::Own.into(),
        changes: "Bara för oss.".into(),
        cleared: true,
    };
    let versioned = sharing
        .version_solution(steward.says(version))
        .await
        .expect("versioned");
    let token = versioned.into_inner().token;
    let list = sh::ListAdoptionsRequest {
        query: adopter.asks_after(token.clone()),
        ..sh::ListAdoptionsRequest::default()
    };
    let listed = solutions
        .list_adoptions(adopter.says(list))
        .await
        .expect("a list")
        .into_inner();
    let titles: Vec<&str> = listed.adoptions.iter().map(|row| row.title.as_str()).collect();
    assert!(
        titles.contains(&"Kylskåpslarm") && !titles.contains(&"Hemligt kylskåp"),
        "{titles:?}"
    );
    let of_it = listed.adoptions.iter().find(|row| row.solution == solution);
    let request = sh::GetAdoptionRequest {
        query: adopter.asks_after(token),
        adoption: of_it.expect("the adoption").adoption.clone(),
    };
    let page = solutions
        .get_adoption(adopter.says(request))
        .await
        .expect("the adoption")
        .into_inner();
    assert_eq!(page.row.expect("a row").title, "Kylskåpslarm");
}
