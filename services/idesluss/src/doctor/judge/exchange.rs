//! What a process tells of the broker, and of the events that go out and come in over it.

use super::super::ask::Reported;
use super::super::document::{Messaging, Receiver, Relay};
use super::super::finding::Finding;

pub(super) fn judge(name: &str, earlier: Option<&Reported>, answer: &Reported, findings: &mut Vec<Finding>) {
    let Some(messaging) = &answer.document.messaging else {
        return;
    };
    let service = &answer.document.service;
    for relay in &messaging.relays {
        if let Some(why) = &relay.refused {
            findings.push(Finding::bad(
                "relays",
                service,
                format!("nothing of {} is published: {why}", relay.source),
                &format!(
                    "Stop every process of {service}, run `idesluss-server --services {service} restored --reason REASON` once, and start them again."
                ),
            ));
        }
    }
    if !messaging.broker.connected {
        broker_away(name, messaging, findings);
        // Everything else that stands in the way follows from that.
        return;
    }
    // Only the writer publishes and receives.
    if !answer
        .document
        .journal
        .as_ref()
        .is_some_and(|journal| journal.lease_held)
    {
        return;
    }
    let before = earlier.and_then(|earlier| earlier.document.messaging.as_ref());
    for relay in messaging.relays.iter().filter(|relay| relay.refused.is_none()) {
        let was = before.and_then(|before| before.relays.iter().find(|was| was.source == relay.source));
        outward(service, earlier, was, relay, findings);
    }
    for receiver in &messaging.receivers {
        let was = before.and_then(|before| before.receivers.iter().find(|was| was.source == receiver.source));
        inward(service, was, receiver, findings);
    }
}

fn broker_away(name: &str, messaging: &Messaging, findings: &mut Vec<Finding>) {
    let broker = &messaging.broker;
    if let Some(why) = &broker.refused {
        findings.push(Finding::bad(
            "broker",
            name,
            format!("the broker is not used: {why}"),
            "Update the NATS server. Until then events travel over gRPC, and nothing is lost.",
        ));
        return;
    }
    let why = broker.problem.as_deref().unwrap_or("it has not been reached yet");
    findings.push(Finding::warning(
        "broker",
        name,
        format!("degraded, the broker is not connected: {why}"),
        "Start the NATS server, or mend the way to it. Until then events travel over gRPC, more slowly, and nothing is lost.",
    ));
}

fn outward(service: &str, earlier: Option<&Reported>, was: Option<&Relay>, relay: &Relay, findings: &mut Vec<Finding>) {
    let source = &relay.source;
    if let Some(why) = &relay.problem {
        let found = format!("{source} is not published into the stream {}: {why}", relay.stream);
        let advice = "Set right at the NATS server what the sentence names (`nats stream info`, `nats stream edit`); publishing goes on by itself, and others get the events over gRPC meanwhile.";
        // What lasts longer than a moment does not mend itself.
        let lasts = was.is_some_and(|was| was.problem.is_some());
        findings.push(if lasts {
            Finding::bad("relays", service, found, advice)
        } else {
            Finding::warning("relays", service, found, advice)
        });
        return;
    }
    let written = earlier.and_then(|earlier| earlier.document.journal.as_ref());
    let written = written
        .and_then(|journal| journal.own.get(source).copied())
        .unwrap_or(0);
    if relay.sequence < written {
        findings.push(Finding::warning(
            "relays",
            service,
            format!("{} events of {source} wait to be published", written - relay.sequence),
            "If the number does not fall, see whether the NATS server is slow or its disk full. Others get the events over gRPC meanwhile.",
        ));
    }
}

fn inward(service: &str, was: Option<&Receiver>, receiver: &Receiver, findings: &mut Vec<Finding>) {
    let source = &receiver.source;
    let is_stream_lost = receiver.problem.is_some() && was.is_some_and(|was| was.problem.is_some());
    let is_origin_lost = receiver.origin_problem.is_some() && was.is_some_and(|was| was.origin_problem.is_some());
    let stream = receiver.problem.as_deref().unwrap_or_default();
    let origin = receiver.origin_problem.as_deref().unwrap_or_default();
    if is_stream_lost && is_origin_lost {
        findings.push(Finding::bad(
            "receivers",
            service,
            format!("nothing of {source} comes in: the stream ({stream}), the source itself ({origin})"),
            "Start the source's service, and set right at the NATS server what the sentence names.",
        ));
    } else if is_stream_lost {
        findings.push(Finding::warning(
            "receivers",
            service,
            format!("{source} comes in over gRPC, and not over its stream: {stream}"),
            "Set right at the NATS server what the sentence names; a stream that is missing is made by its source's service when that runs.",
        ));
    } else if is_origin_lost {
        findings.push(Finding::warning(
            "receivers",
            service,
            format!("the source {source} can't be asked for what its stream may lack: {origin}"),
            "Start the source's service, and see whether peers in this service's settings names its address.",
        ));
    }
    if receiver.unreadable > 0 {
        findings.push(Finding::warning(
            "receivers",
            service,
            format!("{} messages in the stream of {source} were no events of it", receiver.unreadable),
            "Find out who else may write into the stream, and take that right away; the events themselves come from the source.",
        ));
    }
}
