//! The metrics that dashboards and alarms watch. A process of its own: there is one recorder a process.

#[path = "it/instance.rs"]
#[allow(dead_code, reason = "other tests need more of it")]
mod instance;

use idesluss_servers::Nats;
use instance::{Direct, Instance, SOURCE, STREAM, config, published, status, until};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Keeps every metric under `name{label=value}`.
#[derive(Clone, Default)]
struct MetricSamples {
    values: Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>,
    described: Arc<Mutex<BTreeSet<String>>>,
}

impl MetricSamples {
    fn cell(&self, key: &Key) -> Arc<AtomicU64> {
        let labels: Vec<_> = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        let name = format!("{}{{{}}}", key.name(), labels.join(","));
        self.values.lock().expect("whole").entry(name).or_default().clone()
    }

    fn raw(&self, name: &str) -> Option<u64> {
        let values = self.values.lock().expect("whole");
        values.get(name).map(|value| value.load(Ordering::SeqCst))
    }

    fn gauge(&self, name: &str) -> Option<f64> {
        self.raw(name).map(f64::from_bits)
    }

    fn describe(&self, name: &KeyName) {
        self.described.lock().expect("whole").insert(name.as_str().to_owned());
    }
}

impl Recorder for MetricSamples {
    fn describe_counter(&self, key: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&key);
    }
    fn describe_gauge(&self, key: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&key);
    }
    fn describe_histogram(&self, key: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&key);
    }
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.cell(key))
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_is_there_under_its_name() {
    let metrics = MetricSamples::default();
    metrics::set_global_recorder(metrics.clone()).unwrap_or_else(|_| panic!("the first recorder"));
    let mut nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..41).await;
    let (from, older) = from.backup().await;
    from.write(41..51).await;
    let direct = Direct::new(&from, false);
    let sender = from.start(config(nats.port()), Vec::new());
    let receiver = to.start(config(nats.port()), direct.list());
    to.receives(50).await;
    published(&sender, 50).await;
    let of = |service: &str, name: &str| format!("{name}{{service={service},source={SOURCE}}}");
    let published_total = of("submission", "idesluss_published_total");
    assert_eq!(metrics.raw(&published_total), Some(50));
    let received_total = of("evaluation", "idesluss_received_total");
    until("received is counted", || metrics.raw(&received_total) == Some(50)).await;
    let pending = of("evaluation", "idesluss_consumer_pending");
    until("nothing is pending", || metrics.gauge(&pending) == Some(0.0)).await;
    let connected = "idesluss_broker_connected{service=submission}";
    assert_eq!(metrics.gauge(connected), Some(1.0));
    let made = format!("idesluss_broker_incarnation_seconds{{service=submission,stream={STREAM}}}");
    let created = metrics.gauge(&made);
    assert!(created.is_some_and(|seconds| seconds > 1_700_000_000.0), "{created:?}");
    let lag = of("submission", "idesluss_publish_lag_events");
    until("no lag", || metrics.gauge(&lag) == Some(0.0)).await;
    let refused = of("submission", "idesluss_publish_refused");
    assert_eq!(metrics.gauge(&refused), Some(0.0));

    nats.stop();
    until("the loss is seen", || metrics.gauge(connected) == Some(0.0)).await;
    from.write(51..61).await;
    until("lag", || metrics.gauge(&lag) == Some(10.0)).await;
    nats.resume();
    to.receives(60).await;
    sender.stop().await;
    drop(sender);
    receiver.stop().await;

    let sender = older.start(config(nats.port()), Vec::new());
    status(&sender, "refused", |status| {
        status.relays.get(SOURCE).is_some_and(|relay| relay.refused.is_some())
    })
    .await;
    until("the refusal", || metrics.gauge(&refused) == Some(1.0)).await;
    let wanted = [
        "idesluss_broker_connected",
        "idesluss_broker_incarnation_seconds",
        "idesluss_consumer_pending",
        "idesluss_duplicates_total",
        "idesluss_publish_lag_events",
        "idesluss_publish_refused",
        "idesluss_published_total",
        "idesluss_received_total",
        "idesluss_source_gaps_total",
    ];
    let described: Vec<_> = metrics.described.lock().expect("whole").iter().cloned().collect();
    assert_eq!(described, wanted);
}
