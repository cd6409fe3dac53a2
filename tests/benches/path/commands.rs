//! Commands per second by 64 clients, beside an empty answer of the same process.
//!
//! Each client has a connection of its own with certificates on both sides, and begins anew as soon as it is answered. The
//! empty answer is grpc.health.v1's `Check` of the submission service: the same server, layers and figures, and nothing behind
//! them.

use crate::people::People;
use crate::spent::Spent;
use idesluss_tests::{Aim, Apart, Times, Way, aim, median, rate, voices};
use std::time::{Duration, Instant};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

const CLIENTS: usize = 64;
const TURNS: usize = 3;
const TURN: Duration = Duration::from_secs(4);
const WARM_UP: Duration = Duration::from_secs(1);

/// How long what the commands have set going may take afterwards.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much views and reactions have not looked at.
const LAGS: [&str; 2] = ["idesluss_view_lag_events{", "idesluss_reaction_lag_events{"];

/// How far what submission writes for evaluation has come in a journal.
const LAST: &str = "SELECT e.sequence FROM journal.sources s
    CROSS JOIN LATERAL (SELECT sequence FROM journal.entries WHERE source = s.id ORDER BY epoch DESC, sequence DESC LIMIT 1) e
    WHERE s.name LIKE '%/submission/house'";

/// What is asked for.
#[derive(Clone, Copy)]
enum Rpc {
    Check,
    SubmitIdea,
}

/// Has every client ask for one turn. Returns answers per second and each one's time.
async fn turn(clients: &[Way], rpc: Rpc, turn: Duration) -> (f64, Vec<Duration>) {
    let began = Instant::now();
    let tasks: Vec<_> = clients
        .iter()
        .map(|way| {
            let (way, people) = (way.clone(), People::new());
            tokio::spawn(async move {
                let mut health = HealthClient::new(way.clone());
                let mut times = Vec::new();
                while began.elapsed() < turn {
                    let one = Instant::now();
                    match rpc {
                        Rpc::Check => drop(health.check(HealthCheckRequest::default()).await.expect("well")),
                        Rpc::SubmitIdea => drop(people.submit(&way).await),
                    }
                    times.push(one.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a client does not panic"));
    }
    (rate(times.len(), began.elapsed()), times)
}

/// Waits until every view and reaction has looked at everything, receipts among them, and evaluation has received all that submission has written for
/// it. Returns how long that took in seconds, and whether it ended.
async fn caught_up(apart: &Apart) -> (f64, bool) {
    let began = Instant::now();
    let mut seen = 0;
    while began.elapsed() < PATIENCE {
        // Twice: what is told of followers may be of before they were woken.
        seen = if is_caught_up(apart).await { seen + 1 } else { 0 };
        if seen == 2 {
            return (began.elapsed().as_secs_f64(), true);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    (PATIENCE.as_secs_f64(), false)
}

async fn is_caught_up(apart: &Apart) -> bool {
    for service in ["submission-1", "evaluation-1", "sharing-1"] {
        let metrics = apart.metrics(service).await;
        let mut lags = metrics
            .lines()
            .filter(|line| LAGS.iter().any(|lag| line.starts_with(lag)));
        if lags.any(|line| !line.ends_with(" 0")) {
            return false;
        }
    }
    let last = |service: &str| {
        let told = apart.postgres.sql_in(&apart.databases[service].name, LAST);
        told.expect("a number")
    };
    last("evaluation") == last("submission")
}

/// What submission has spent on who asks and what they may: seconds and requests of each part.
struct Rights([(f64, f64); 3]);

impl Rights {
    const PARTS: [&str; 3] = ["assertion", "rule", "grant"];

    async fn now(apart: &Apart) -> Self {
        let metrics = apart.metrics("submission-1").await;
        let of = |part: &str, kind: &str| -> f64 {
            let begins = format!("idesluss_rights_seconds_{kind}{{");
            let labels = format!("part=\"{part}\"");
            let line = (metrics.lines()).find(|line| line.starts_with(&begins) && line.contains(&labels));
            let number = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
            number.unwrap_or(0.0)
        };
        Self(Self::PARTS.map(|part| (of(part, "sum"), of(part, "count"))))
    }

    fn since(&self, earlier: &Self) -> Self {
        Self(std::array::from_fn(|at| {
            (self.0[at].0 - earlier.0[at].0, self.0[at].1 - earlier.0[at].1)
        }))
    }

    /// Beside the processor time that the service takes for a command.
    fn print(&self, of_command_us: f64) {
        let each = |(seconds, count): &(f64, f64)| seconds * 1e6 / count.max(1.0);
        let parts = Self::PARTS.iter().zip(&self.0);
        let told: Vec<_> = parts
            .map(|(part, spent)| format!("{part} {:.1}", each(spent)))
            .collect();
        let all: f64 = self.0.iter().map(each).sum();
        println!(
            "  µs for who asks and what they may: {all:.1} = {}, {:.1} % of what the service takes for a command",
            told.join(" + "),
            100.0 * all / of_command_us
        );
    }
}

/// Measures and tells.
pub(crate) async fn measure(apart: &Apart) {
    // Everybody speaks for the same people, who are signed in once.
    let voices = voices(apart.channel("identity"));
    let way = |_| Way::new("submission", apart.channel("submission"), &voices);
    let clients: Vec<Way> = (0..CLIENTS).map(way).collect();
    turn(&clients, Rpc::Check, WARM_UP).await;
    turn(&clients, Rpc::SubmitIdea, WARM_UP).await;
    let (mut echoes, mut commands) = (Vec::new(), Vec::new());
    let (mut echo_times, mut times) = (Vec::new(), Vec::new());
    let (mut echo_spent, mut spent) = (Spent::nothing(), Spent::nothing());
    let mut behind = Vec::new();
    let rights = Rights::now(apart).await;
    for _ in 0..TURNS {
        let before = Spent::now(apart);
        let (rate, waited) = turn(&clients, Rpc::Check, TURN).await;
        echo_spent = echo_spent.and(&Spent::now(apart).since(&before));
        echoes.push(rate);
        echo_times.extend(waited);
        let before = Spent::now(apart);
        let (rate, waited) = turn(&clients, Rpc::SubmitIdea, TURN).await;
        // To the end of what it has set going: receipts, and what the followers do.
        behind.push(caught_up(apart).await);
        spent = spent.and(&Spent::now(apart).since(&before));
        commands.push(rate);
        times.extend(waited);
    }
    let (echo, command) = (median(echoes), median(commands));
    let (echo_times, times) = (Times::new(echo_times), Times::new(times));
    println!(
        "\n{CLIENTS} clients, each with a connection of its own and certificates, through gRPC to the submission service"
    );
    println!("                a second  p50 ms  p99 ms");
    for (what, rate, times) in [("empty Check", echo, &echo_times), ("SubmitIdea", command, &times)] {
        println!(
            "  {what:<12}  {rate:>8.0}  {:>6.2}  {:>6.2}",
            times.p50_ms(),
            times.p99_ms()
        );
    }
    aim(
        "commands over empty answers",
        100.0 * command / echo,
        "%",
        Aim::AtLeast(20.0),
    );
    aim("a command's p99", times.p99_ms(), "ms", Aim::AtMost(50.0));
    echo_spent.print("of an empty answer", echo_times.count());
    spent.print(
        "of an idea submitted, with its receipt and its followers",
        times.count(),
    );
    aim(
        "processor of an idea submitted, all services, PostgreSQL and NATS",
        spent.served(times.count()),
        "µs",
        Aim::AtMost(500.0),
    );
    Rights::now(apart)
        .await
        .since(&rights)
        .print(spent.of("submission", times.count()));

    let (lagged, whole): (Vec<_>, Vec<_>) = behind.into_iter().unzip();
    println!(
        "  after each turn, until all receipts were out and all followers there: {:.1} s; {} of all turns did not end",
        median(lagged),
        whole.iter().filter(|whole| !**whole).count()
    );
}
