//! What an organisation assesses by.

use super::{Answer, Service};
use idesluss_domain::Event;
use idesluss_domain::evaluation::CriteriaEvent;
use idesluss_domain::evaluation::criteria::{AdoptCriteria as Adopt, Criteria, CriteriaAdopted};
use idesluss_domain::evaluation::standard_criteria;
use idesluss_domain::words::StreamName;
use idesluss_engine::PendingCommand;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation::AdoptCriteria;
use uuid::Uuid;

pub(super) async fn adopt(
    service: Service,
    pending: PendingCommand,
    command: AdoptCriteria,
) -> Answer<pb::AdoptCriteriaRequest> {
    let (name, earlier) = (command.name, command.earlier);
    let criteria = if command.criteria.is_empty() && name.as_str() == "standard" {
        standard_criteria()
    } else {
        command.criteria.into_iter().map(Into::into).collect()
    };
    let organisation = pending.actor().organisation.clone();
    let command = Adopt {
        organisation: organisation.clone(),
        actor: pending.actor().clone(),
        name: name.clone(),
        criteria,
        assessments_required: command.assessments_required,
        load_cap: command.load_cap,
        earlier,
    };
    let stream = StreamName::criteria(&organisation);
    let event = pending.event_id("CriteriaAdopted");
    // Criteria belong to no idea: their own organisation's stream is what they are about.
    let about = Uuid::new_v5(&Uuid::nil(), stream.as_str().as_bytes());
    let token = pending.decide::<Criteria>(stream.clone(), about, command).await?;
    let loaded = service.context.engine.load(std::slice::from_ref(&stream)).await?;
    let written = loaded.entries(&stream).iter().find(|entry| entry.meta.id == event);
    let version = match written.and_then(|entry| entry.event.as_ref()) {
        Some(Event::Criteria(CriteriaEvent::CriteriaAdopted(adopted))) => adopted.version,
        // It was in force already, or taken over already.
        _ => {
            let sets = loaded.state::<Criteria>(&stream).0;
            let same = |set: &&CriteriaAdopted| set.name == name && set.earlier == earlier;
            sets.iter().rfind(same).map_or(0, |set| set.version)
        }
    };
    Ok(pb::AdoptCriteriaResponse {
        token: Some(token),
        version,
    })
}
