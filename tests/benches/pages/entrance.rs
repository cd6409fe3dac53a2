//! What signing in takes for many at once, and what those who only knock keep others waiting.

use crate::visit::visit;
use idesluss_proto::pb::command::Role;
use idesluss_runtime::raise_open_files;
use idesluss_tests::{
    Aim, Machine, Provider, Reader, Server, Someone, Times, account_link, adopt_mapping, aim, by_password, by_provider,
    figure, follow_link, free_address, write_down, write_providers, write_region,
};
use serde_json::{Value, json};
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// So many sign in at once, each again as soon as they are in.
const AT_ONCE: usize = 32;
/// So many hashes of passwords are worked out at once for browsers that are not known.
const HASHES: f64 = 1.0;
/// So many knock at once with passwords that are wrong.
const GUESSERS: usize = 16;
const GUESSES: u64 = 10_000;
/// So many connections ask for nothing.
const IDLE: usize = 5_000;
/// So many send a head of which a byte comes now and then.
const SLOW: usize = 500;
/// What others ask for meanwhile, so many at once.
const OTHERS: &str = "/ideer";
const OTHERS_AT_ONCE: usize = 8;

const PARTNER: &str = "trollhattan";
const ADDRESS: &str = "maria@trollhattan.example";
const PASSWORD: &str = "fyra blå stolar i hallen";
const SUBMITTER: &str = "1";

/// An installation at which people of one organisation sign in where they work, and those of another have accounts of here.
struct Installation {
    web: SocketAddr,
    provider: Provider,
    server: Server,
    folder: TempDir,
}

impl Installation {
    fn start() -> Self {
        let (folder, web) = (TempDir::new().expect("a folder"), free_address());
        let people = (0..AT_ONCE).map(|number| {
            let about = json!({ "name": format!("Person {number}"), "groups": ["alla"] });
            (number.to_string(), about)
        });
        let provider = Provider::start(web, "uddevalla", Value::Object(people.collect()));
        write_region(folder.path());
        write_providers(folder.path(), &[(&provider, &["uddevalla"], &["uddevalla.example"])]);
        let settings = folder.path().join("providers.toml");
        let with_accounts = std::fs::read_to_string(&settings).expect("written")
            + &format!("[local]\norganisations = [\"{PARTNER}\"]\n");
        std::fs::write(&settings, with_accounts).expect("written");
        let arguments = ["--http", &web.to_string(), "--requests-per-second", "0"];
        let server = Server::start_saying(folder.path(), &arguments, "error");
        Self {
            web,
            provider,
            server,
            folder,
        }
    }

    fn reader(&self) -> Reader {
        Reader::new(self.web)
    }

    fn administrator(&self, organisation: &str) -> Reader {
        let who = Someone::who(organisation, Role::Administrator).person();
        Machine::of(self.folder.path()).administrator(self.reader(), &who)
    }

    /// Says who gets what by their groups, and has one person choose a password.
    fn set_up(&self) {
        let adopted = adopt_mapping(
            &mut self.administrator("uddevalla"),
            "uddevalla",
            "",
            &[("alla", SUBMITTER)],
        );
        assert_eq!(adopted.status, 200, "{}", adopted.html);
        let mut administrator = self.administrator(PARTNER);
        let maria = Someone::who(PARTNER, Role::Coordinator).person();
        let at = write_down(&mut administrator, &maria, "Maria Lindqvist", ADDRESS);
        let link = account_link(&mut administrator, &at, "bjud-in");
        let mut maria = self.reader();
        let choices = follow_link(&mut maria, &link).html;
        let welcome = maria.fill(&choices, "/in/inbjudan/losenord", &[("losenord", PASSWORD)]);
        assert!(welcome.html.contains("Välkommen"), "{}", welcome.html);
    }
}

/// What each of so many takes who do something again and again for a time; each is told their number.
fn all_at_once(many: usize, time: Duration, one: impl Fn(usize) + Sync) -> Times {
    let began = Instant::now();
    let again = |number: usize| {
        let mut times = Vec::new();
        while times.is_empty() || began.elapsed() < time {
            let once = Instant::now();
            one(number);
            times.push(once.elapsed());
        }
        times
    };
    let times = std::thread::scope(|scope| {
        let all: Vec<_> = (0..many).map(|number| scope.spawn(move || again(number))).collect();
        let all = all.into_iter().flat_map(|one| one.join().expect("nobody panics"));
        all.collect()
    });
    Times::new(times)
}

/// Measures both ways to sign in, each for a time, and then what others wait for meanwhile.
pub(crate) fn everything(runtime: &Runtime, time: Duration) {
    println!("\nSigning in, {AT_ONCE} at a time");
    let installation = Installation::start();
    installation.set_up();
    at_the_provider(&installation, time);
    by_passwords(&installation, time);
    beside_others(runtime, &installation, time);
    assert!(installation.server.stop().success());
}

fn at_the_provider(installation: &Installation, time: Duration) {
    let provider = &installation.provider;
    // Whoever comes for the first time becomes known.
    all_at_once(AT_ONCE, Duration::ZERO, |number| {
        by_provider(&mut installation.reader(), provider, &number.to_string());
    });
    let alone = all_at_once(AT_ONCE, time, |number| provider.sign_in_alone(&number.to_string()));
    let whole = all_at_once(AT_ONCE, time, |number| {
        let welcome = by_provider(&mut installation.reader(), provider, &number.to_string());
        assert!(welcome.html.contains("Välkommen"), "{}", welcome.html);
    });
    figure("at the provider alone, p99", alone.p99_ms(), "ms");
    figure("at a provider, to the first page, p99", whole.p99_ms(), "ms");
    let times = whole.p99_ms() / alone.p99_ms();
    aim("what it takes at the provider alone: p99", times, "×", Aim::AtMost(1.5));
}

fn by_passwords(installation: &Installation, time: Duration) {
    let sign_in = |_| {
        let welcome = by_password(&mut installation.reader(), ADDRESS, PASSWORD);
        assert!(
            welcome.html.contains("Välkommen"),
            "{} {}",
            welcome.status,
            welcome.html
        );
    };
    let alone = all_at_once(1, time, sign_in);
    let many = all_at_once(AT_ONCE, time, sign_in);
    figure("by a password alone, p50", alone.p50_ms(), "ms");
    figure("by a password, p99", many.p99_ms(), "ms");
    let in_turn = alone.p50_ms() * AT_ONCE as f64 / HASHES;
    let times = many.p99_ms() / in_turn;
    aim("all of them in turn: a password's p99", times, "×", Aim::AtMost(1.5));
}

/// What others wait for while something else goes on until it is told to end.
fn beside(
    installation: &Installation,
    runtime: &Runtime,
    (cookie, time): (&str, Duration),
    other: impl FnOnce(&AtomicBool) + Send,
) -> f64 {
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let goes_on = scope.spawn(|| other(&ended));
        let others = runtime.block_on(visit(installation.web, OTHERS, cookie, OTHERS_AT_ONCE, time));
        ended.store(true, Ordering::Relaxed);
        goes_on.join().expect("nobody panics");
        others.times.p99_ms()
    })
}

fn beside_others(runtime: &Runtime, installation: &Installation, time: Duration) {
    println!("\nWhat {OTHERS_AT_ONCE} others wait for who ask for {OTHERS}, while");
    let mut reader = installation.reader();
    by_provider(&mut reader, &installation.provider, "0");
    let cookie = reader.cookie();
    let asked = (cookie.as_str(), time);
    let quiet = beside(installation, runtime, asked, |_| ());
    figure("nobody does anything else, p99", quiet, "ms");
    let tried = AtomicU64::new(0);
    let guessed = beside(installation, runtime, asked, |ended| guess(installation, &tried, ended));
    figure(
        "so many wrong passwords were tried",
        tried.load(Ordering::Relaxed) as f64,
        "",
    );
    let held = beside(installation, runtime, asked, |ended| {
        hold(installation.web, IDLE, b"", ended)
    });
    let slow = beside(installation, runtime, asked, |ended| {
        hold(installation.web, SLOW, b"x-a: b\r\n", ended)
    });
    for (what, p99) in [
        (format!("{GUESSERS} try wrong passwords: p99"), guessed),
        (format!("{IDLE} connections ask for nothing: p99"), held),
        (format!("{SLOW} heads come line by line: p99"), slow),
    ] {
        figure(&what, p99, "ms");
        aim(
            &format!("what they wait for otherwise, while {what}"),
            p99 / quiet,
            "×",
            Aim::AtMost(3.0),
        );
    }
}

/// Tries wrong passwords under ever other names, as whoever has a list of names does.
fn guess(installation: &Installation, tried: &AtomicU64, ended: &AtomicBool) {
    std::thread::scope(|scope| {
        for _ in 0..GUESSERS {
            scope.spawn(|| {
                while !ended.load(Ordering::Relaxed) {
                    let number = tried.fetch_add(1, Ordering::Relaxed);
                    if number >= GUESSES {
                        break;
                    }
                    let address = format!("person{number}@trollhattan.example");
                    let fields = [("till", ""), ("adress", &address), ("losenord", "en gissning")];
                    let refused = installation.reader().post_raw("/in/losenord", &fields);
                    assert!([403, 503].contains(&refused.status), "{}", refused.html);
                }
            });
        }
    });
}

/// Holds so many connections open, on each of which these bytes come now and then.
fn hold(web: SocketAddr, many: usize, bytes: &[u8], ended: &AtomicBool) {
    raise_open_files();
    let mut held = Vec::with_capacity(many);
    for number in 0..many {
        let mut stream = TcpStream::connect(web).expect("the port answers");
        if !bytes.is_empty() {
            let _ = stream.write_all(b"GET / HTTP/1.1\r\n");
        }
        held.push(stream);
        if number % 50 == 0 {
            // What the system has no room to queue it has wait for a second.
            std::thread::sleep(Duration::from_millis(10));
        }
        if ended.load(Ordering::Relaxed) {
            return;
        }
    }
    while !ended.load(Ordering::Relaxed) {
        for stream in &mut held {
            // Who was shown out meanwhile is.
            let _ = stream.write_all(bytes);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
