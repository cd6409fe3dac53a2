//! What an organisation assesses by.

use super::commands::Commands;
use idesluss_domain::Event;
use idesluss_domain::evaluation::CriteriaEvent;
use idesluss_domain::evaluation::criteria::{AdoptCriteria, Criteria};
use idesluss_domain::evaluation::standard_criteria;
use idesluss_domain::words::{Label, StreamName};
use idesluss_proto::evaluation::read_criterion;
use idesluss_proto::pb::evaluation as pb;
use tonic::Status;

pub(super) async fn adopt(
    commands: &Commands,
    request: pb::AdoptCriteriaRequest,
) -> Result<pb::AdoptCriteriaResponse, Status> {
    let context = &commands.context;
    let mut reader = context.reader("AdoptCriteria", &request, request.command.as_ref());
    let name = reader.form::<Label>("name", &request.name);
    let mut criteria = Vec::new();
    for (index, criterion) in request.criteria.into_iter().enumerate() {
        let key = reader.form(&format!("criteria[{index}].key"), &criterion.key);
        criteria.extend(key.map(|key| read_criterion(key, criterion)));
    }
    let (pending, name) = reader.finish(name)?;
    if criteria.is_empty() && name.as_str() == "standard" {
        criteria = standard_criteria();
    }
    let organisation = pending.actor().organisation.clone();
    let or = |number: u32, usual: u32| if number == 0 { usual } else { number };
    let command = AdoptCriteria {
        organisation: organisation.clone(),
        actor: pending.actor().clone(),
        name: name.clone(),
        criteria,
        assessments_required: or(request.assessments_required, 2),
        load_cap: or(request.load_cap, 10),
        earlier: request.earlier,
    };
    let stream = StreamName::criteria(&organisation);
    let event = pending.event_id("CriteriaAdopted");
    // Criteria belong to no idea: their own organisation's stream is what they are about.
    let about = uuid::Uuid::new_v5(&uuid::Uuid::nil(), stream.as_str().as_bytes());
    let token = pending.decide::<Criteria>(stream.clone(), about, command).await?;
    let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
    let written = loaded.entries(&stream).iter().find(|entry| entry.meta.id == event);
    let version = match written.and_then(|entry| entry.event.as_ref()) {
        Some(Event::Criteria(CriteriaEvent::CriteriaAdopted(adopted))) => adopted.version,
        // It was in force already, or taken over already.
        _ => {
            let sets = loaded.state::<Criteria>(&stream).0;
            let same = |set: &&_| -> bool {
                let set: &idesluss_domain::evaluation::criteria::CriteriaAdopted = set;
                set.name == name && set.earlier == request.earlier
            };
            sets.iter().rfind(same).map_or(0, |set| set.version)
        }
    };
    Ok(pb::AdoptCriteriaResponse {
        token: Some(token),
        version,
    })
}
