//! Passwords: what may be one, and what is kept of it.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{AcquireError, OnceCell, Semaphore};
use unicode_normalization::UnicodeNormalization as _;

/// What a hash costs: Argon2id over 19 MiB, twice, in one lane (OWASP, Password Storage Cheat Sheet). Memory in KiB, passes, lanes.
pub(crate) const COST: Cost = Cost(19_456, 2, 1);
/// What it costs where tests make thousands.
#[cfg(test)]
pub(crate) const TEST_COST: Cost = Cost(8, 1, 1);

/// What a hash costs: memory in KiB, passes, lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost(u32, u32, u32);

impl Cost {
    /// As every hash of it begins.
    fn written(self) -> String {
        let Self(memory, passes, lanes) = self;
        format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$")
    }
}

/// At most so many are worked out at once: 38 MiB and two processors, however many ask.
pub(crate) const AT_ONCE: usize = 2;
/// So many wait at most in each lane, and for so long; whoever comes after is asked to try again.
const WAITING: usize = 64;
const PATIENCE: Duration = Duration::from_secs(5);

/// The fewest and the most characters of a password.
pub(crate) const SHORTEST: usize = 8;
pub(crate) const LONGEST: usize = 128;

/// So many characters are looked at to find out how soon they are guessed: what is guessed of a longer one is more. It looks at every way in which signs
/// may stand for letters, of which there are ever more.
const LOOKED_AT: usize = 24;

/// What is tried within so many guesses is no password.
const COMMON: u64 = 1_000_000;

/// Without the words that whoever guesses knows, so many letters and digits are left of a password at least: a year behind one makes none of it.
const FEWEST_LEFT: usize = 5;

/// What people here think of first, one a line; lines of # are about them.
const FIRST_WORDS: &str = include_str!("first_words.txt");

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotTaken {
    #[error("a password has another length")]
    Length,
    #[error("it is among those that are tried first")]
    Common,
}

/// The letters of a password, however a keyboard has put them together: an å is one (RFC 8265, OpaqueString).
fn prepared(password: &str) -> String {
    let plain = |letter: char| match letter.is_whitespace() && !letter.is_control() {
        true => ' ',
        false => letter,
    };
    password.chars().map(plain).nfc().collect()
}

/// Whether nobody has such a password, which is no secret.
pub(crate) fn is_too_long(password: &str) -> bool {
    password.chars().count() > LONGEST
}

/// Whether something may be a password of somebody of whom these words are known. What it is made of is left to whoever chooses it.
pub(crate) fn check(password: &str, known: &[&str]) -> Result<(), NotTaken> {
    let password = prepared(password);
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(NotTaken::Length);
    }
    // Of an address each part is a word.
    let parts = known
        .iter()
        .flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()));
    let first = FIRST_WORDS.lines().filter(|line| !line.starts_with('#'));
    let words: BTreeSet<String> = parts.chain(first).map(str::to_lowercase).collect();
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| word.chars().count() > 2)
        .collect();
    let lower = password.to_lowercase();
    let letters = lower.split(|letter: char| !letter.is_alphabetic());
    let known: usize = letters
        .filter(|run| is_made_of(run, &words))
        .map(|run| run.chars().count())
        .sum();
    let left = lower.chars().filter(|letter| letter.is_alphanumeric()).count() - known;
    let begins: String = password.chars().take(LOOKED_AT).collect();
    let is_guessed = zxcvbn::zxcvbn(&begins, &words).guesses() < COMMON;
    match is_guessed || (known > 0 && left < FEWEST_LEFT) {
        true => Err(NotTaken::Common),
        false => Ok(()),
    }
}

/// Whether letters are words, one after the other.
fn is_made_of(letters: &str, words: &[&str]) -> bool {
    // By where a word may end.
    let mut ends = BTreeSet::from([0]);
    while let Some(from) = ends.pop_first() {
        if from == letters.len() {
            return from > 0;
        }
        let rest = &letters[from..];
        ends.extend(
            words
                .iter()
                .filter(|word| rest.starts_with(**word))
                .map(|word| from + word.len()),
        );
    }
    false
}

/// Why nothing was hashed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HashError {
    #[error("more are waited for than can be worked out soon")]
    Busy,
    #[error("no hash can be made: {0}")]
    Failed(String),
}

/// Works out hashes, a few at once. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Hasher {
    cost: Cost,
    slots: Arc<Semaphore>,
    /// One of them at most is taken by strangers.
    strangers: Arc<Semaphore>,
    /// The places in each lane.
    known_waiting: Arc<Semaphore>,
    strangers_waiting: Arc<Semaphore>,
    /// The hash of what nobody knows: looked at for whoever has none, so that it takes as long.
    nobodys: Arc<OnceCell<String>>,
    counted: Arc<Counted>,
}

/// Whoever asks for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Whoever has a link, a session, or a browser that is known.
    Known,
    /// Anybody: however many there are, those who are known are not kept waiting behind them.
    Strangers,
}

/// What a password was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looked {
    Wrong,
    Right,
    /// Right, and what is kept of it costs another than today's.
    Outdated,
}

/// How many there were: tests hold it against what it should have cost.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    all: AtomicU64,
    now: AtomicU32,
    most: AtomicU32,
}

impl Counted {
    /// All that were begun.
    #[cfg(test)]
    pub(crate) fn all(&self) -> u64 {
        self.all.load(Ordering::Relaxed)
    }

    /// The most at once.
    #[cfg(test)]
    pub(crate) fn most(&self) -> u32 {
        self.most.load(Ordering::Relaxed)
    }

    fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        self.all.fetch_add(1, Ordering::Relaxed);
        self.most
            .fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let done = work();
        self.now.fetch_sub(1, Ordering::SeqCst);
        done
    }
}

fn argon2(cost: Cost) -> Result<Argon2<'static>, HashError> {
    let Cost(memory, passes, lanes) = cost;
    let params = Params::new(memory, passes, lanes, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(error: impl ToString) -> HashError {
    HashError::Failed(error.to_string())
}

impl Hasher {
    pub(crate) fn new(cost: Cost) -> Self {
        Self {
            cost,
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            strangers: Arc::new(Semaphore::new(1)),
            known_waiting: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            strangers_waiting: Arc::new(Semaphore::new(1 + WAITING)),
            nobodys: Arc::default(),
            counted: Arc::default(),
        }
    }

    /// How many hashes there were.
    #[cfg(test)]
    pub(crate) fn counted(&self) -> &Counted {
        &self.counted
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let places = match lane {
            Lane::Known => &self.known_waiting,
            Lane::Strangers => &self.strangers_waiting,
        };
        let waiting = places.clone().try_acquire_owned().map_err(|_| HashError::Busy)?;
        let turn = async {
            let first = match lane {
                Lane::Known => None,
                Lane::Strangers => Some(self.strangers.clone().acquire_owned().await?),
            };
            Ok((first, self.slots.clone().acquire_owned().await?))
        };
        let turn = tokio::time::timeout(PATIENCE, turn)
            .await
            .map_err(|_| HashError::Busy)?;
        let turn = turn.map_err(|closed: AcquireError| failed(closed))?;
        let counted = self.counted.clone();
        // Whoever leaves meanwhile frees the slot when the work is done, and not before.
        let done = tokio::task::spawn_blocking(move || {
            let done = counted.during(work);
            drop((turn, waiting));
            done
        });
        done.await.map_err(failed)?
    }

    /// The same for what is looked at before a hash is made.
    pub(crate) async fn look_at<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashError> {
        self.in_turn(Lane::Known, move || Ok(work())).await
    }

    /// What is kept of a password, in the form of the PHC.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, HashError> {
        let (cost, password) = (self.cost, prepared(password));
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(failed)?;
        self.in_turn(Lane::Known, move || {
            let hash = argon2(cost)?.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash: PasswordHash| hash.to_string()).map_err(failed)
        })
        .await
    }

    /// Whether a password is the one of which `kept` is kept; None: nobody's is, which takes as long to find out.
    pub(crate) async fn verify(&self, lane: Lane, kept: Option<&str>, password: &str) -> Result<Looked, HashError> {
        let password = prepared(password);
        let nobodys = self.nobodys.get_or_try_init(|| self.hash_of_nothing()).await?;
        let (is_somebodys, kept) = (kept.is_some(), kept.unwrap_or(nobodys).to_owned());
        let is_of_today = kept.starts_with(&self.cost.written());
        let is_it = self.in_turn(lane, move || {
            let hash = PasswordHash::new(&kept).map_err(failed)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        Ok(match is_it.await? && is_somebodys {
            false => Looked::Wrong,
            true if is_of_today => Looked::Right,
            true => Looked::Outdated,
        })
    }

    async fn hash_of_nothing(&self) -> Result<String, HashError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(failed)?;
        self.hash(&secret.map(char::from).iter().collect::<String>()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{StreamExt as _, stream};

    #[test]
    fn what_is_tried_first_is_refused_and_what_it_is_made_of_is_left_to_whoever_chooses() {
        let known = ["maria.lindqvist@innovatum.example", "Maria Lindqvist"];
        for (password, expected) in [
            ("kort", Err(NotTaken::Length)),
            ("sju7tkn", Err(NotTaken::Length)),
            ("password", Err(NotTaken::Common)),
            ("Password1!", Err(NotTaken::Common)),
            ("qwertyuiop", Err(NotTaken::Common)),
            ("aaaaaaaaaaaa", Err(NotTaken::Common)),
            ("12345678", Err(NotTaken::Common)),
            ("Sommar2026!", Err(NotTaken::Common)),
            ("lösenord1", Err(NotTaken::Common)),
            ("idesluss2026", Err(NotTaken::Common)),
            ("lindqvist99", Err(NotTaken::Common)),
            ("maria.lindqvist@innovatum.example", Err(NotTaken::Common)),
            ("fyra blå stolar i hallen", Ok(())),
            ("hgkwmzqp", Ok(())),
            // Three letters of a name in the midst of others make no word.
            ("hgkevazq", Ok(())),
            ("grönmåndag77", Err(NotTaken::Common)),
            ("fotboll fredag!", Err(NotTaken::Common)),
            ("åäöåäö räksmörgås", Ok(())),
            (
                "\u{1f409}\u{1f40c}\u{1f409}\u{1f400}\u{1f402}\u{1f403}\u{1f404}\u{1f405}",
                Ok(()),
            ),
        ] {
            assert_eq!(check(password, &known), expected, "{password}");
        }
        assert_eq!(check(&"lång mening ".repeat(11), &known), Err(NotTaken::Length));
    }

    #[tokio::test]
    async fn a_hash_says_what_it_cost_and_is_of_one_password_alone() {
        let hasher = Hasher::new(COST);
        let hash = hasher.hash("fyra blå stolar").await.expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hasher.hash("fyra blå stolar").await.expect("hashed"), "salted");
        let looked = async |kept: Option<&str>, password: &str| {
            let looked = hasher.verify(Lane::Known, kept, password).await;
            looked.expect("looked at")
        };
        assert_eq!(looked(Some(&hash), "fyra blå stolar").await, Looked::Right);
        // As some keyboards write an å.
        assert_eq!(looked(Some(&hash), "fyra bla\u{30a}\u{a0}stolar").await, Looked::Right);
        assert_eq!(looked(Some(&hash), "fyra blå stolaR").await, Looked::Wrong);
        assert_eq!(looked(None, "fyra blå stolar").await, Looked::Wrong);
        let cheap = Hasher::new(TEST_COST).hash("fyra blå stolar").await.expect("hashed");
        assert_eq!(looked(Some(&cheap), "fyra blå stolar").await, Looked::Outdated);
    }

    #[tokio::test]
    async fn whoever_has_no_password_costs_the_same_hash() {
        let hasher = Hasher::new(TEST_COST);
        let hash = hasher.hash("fyra blå stolar").await.expect("hashed");
        let looked = hasher.verify(Lane::Strangers, None, "x").await;
        looked.expect("the first makes what is compared");
        for kept in [Some(hash.as_str()), None] {
            let before = hasher.counted().all();
            let looked = hasher.verify(Lane::Strangers, kept, "fel lösenord").await;
            assert_eq!(looked.expect("looked at"), Looked::Wrong);
            assert_eq!(hasher.counted().all() - before, 1, "{kept:?}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_ten_thousand_wrong_passwords_two_are_looked_at_at_once_and_all_are_answered() {
        let hasher = Hasher::new(TEST_COST);
        let hash = hasher.hash("fyra blå stolar").await.expect("hashed");
        hasher.verify(Lane::Known, None, "x").await.expect("looked at");
        let before = hasher.counted().all();
        let wrong = stream::iter(0..10_000).map(|number| {
            let (hasher, hash) = (hasher.clone(), hash.clone());
            let lane = match number % 2 {
                0 => Lane::Known,
                _ => Lane::Strangers,
            };
            async move {
                hasher
                    .verify(lane, Some(&hash), &format!("fel lösenord {number}"))
                    .await
            }
        });
        let answers: Vec<_> = wrong.buffer_unordered(50).collect().await;
        assert_eq!(answers.len(), 10_000);
        assert!(answers.iter().all(|answer| matches!(answer, Ok(Looked::Wrong))));
        assert_eq!(hasher.counted().all() - before, 10_000);
        assert!(hasher.counted().most() <= 2, "{}", hasher.counted().most());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn however_many_strangers_try_whoever_is_known_is_looked_at() {
        let hasher = Hasher::new(COST);
        let hash = hasher.hash("fyra blå stolar").await.expect("hashed");
        hasher.verify(Lane::Known, None, "x").await.expect("looked at");
        // All at once, no more wait than are soon done; the others are asked to try again.
        let strangers = (0..1_000).map(|_| hasher.verify(Lane::Strangers, None, "fel lösenord"));
        let strangers = futures_util::future::join_all(strangers);
        let known = async {
            tokio::task::yield_now().await;
            hasher.verify(Lane::Known, Some(&hash), "fyra blå stolar").await
        };
        let (strangers, known) = futures_util::future::join(strangers, known).await;
        assert_eq!(known.expect("looked at"), Looked::Right);
        let busy = strangers.iter().filter(|answer| matches!(answer, Err(HashError::Busy)));
        let busy = busy.count();
        assert!((1_000 - WAITING - 1..1_000).contains(&busy), "{busy}");
    }
}
