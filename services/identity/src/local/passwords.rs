//! Passwords: what may be one, and what is kept of it.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{OnceCell, Semaphore};

/// What a hash costs: Argon2id over 19 MiB, twice, in one lane (OWASP, Password Storage Cheat Sheet). Memory in KiB, passes, lanes.
pub(crate) const COST: Cost = Cost(19_456, 2, 1);
/// What it costs where tests make thousands.
pub(crate) const TEST_COST: Cost = Cost(8, 1, 1);

/// What a hash costs: memory in KiB, passes, lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost(u32, u32, u32);

/// At most so many are worked out at once: 38 MiB and two processors, however many ask.
pub(crate) const AT_ONCE: usize = 2;
/// So many wait at most, and for so long; whoever comes after is asked to try again.
const WAITING: usize = 64;
const PATIENCE: Duration = Duration::from_secs(5);

/// The fewest and the most characters of a password.
pub(crate) const SHORTEST: usize = 8;
pub(crate) const LONGEST: usize = 128;

/// What is tried within so many guesses is no password.
const COMMON: u64 = 1_000_000;

/// Without the words that whoever guesses knows, so many letters and digits are left of a password at least: a year behind one makes none of it.
const FEWEST_LEFT: usize = 6;

/// What people here think of first, beside the common passwords, names and words of English, which the library knows.
const OWN_WORDS: [&str; 40] = [
    "idésluss",
    "idesluss",
    "lösenord",
    "losenord",
    "sommar",
    "vinter",
    "hösten",
    "hosten",
    "våren",
    "varen",
    "välkommen",
    "valkommen",
    "hemligt",
    "hejsan",
    "kommun",
    "kommunen",
    "uddevalla",
    "trollhättan",
    "trollhattan",
    "vänersborg",
    "vanersborg",
    "fyrbodal",
    "bohuslän",
    "bohuslan",
    "göteborg",
    "goteborg",
    "stockholm",
    "sverige",
    "svenska",
    "älskling",
    "alskling",
    "fotboll",
    "blåvitt",
    "blavitt",
    "januari",
    "februari",
    "augusti",
    "måndag",
    "mandag",
    "fredag",
];

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotTaken {
    #[error("a password has another length")]
    Length,
    #[error("it is among those that are tried first")]
    Common,
}

/// Whether something may be a password of somebody of whom these words are known. What it is made of is left to whoever chooses it.
pub(crate) fn check(password: &str, known: &[&str]) -> Result<(), NotTaken> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(NotTaken::Length);
    }
    // Of an address each part is a word.
    let parts = known
        .iter()
        .flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()));
    let mut words: Vec<String> = parts.chain(OWN_WORDS).map(str::to_lowercase).collect();
    words.retain(|word| word.chars().count() > 2);
    // A longer one holds shorter ones.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let lower = password.to_lowercase();
    let rest = words.iter().fold(lower.clone(), |rest, word| rest.replace(word, " "));
    let left = rest.chars().filter(|letter| letter.is_alphanumeric()).count();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_guessed = zxcvbn::zxcvbn(password, &words).guesses() < COMMON;
    match is_guessed || (rest != lower && left < FEWEST_LEFT) {
        true => Err(NotTaken::Common),
        false => Ok(()),
    }
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
    waiting: Arc<Semaphore>,
    /// The hash of what nobody knows: looked at for whoever has none, so that it takes as long.
    nobodys: Arc<OnceCell<String>>,
    counted: Arc<Counted>,
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
            waiting: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
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
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let waiting = self.waiting.clone().try_acquire_owned().map_err(|_| HashError::Busy)?;
        let slot = tokio::time::timeout(PATIENCE, self.slots.clone().acquire_owned()).await;
        let slot = slot.map_err(|_| HashError::Busy)?.map_err(failed)?;
        let counted = self.counted.clone();
        // Whoever leaves meanwhile frees the slot when the work is done, and not before.
        let done = tokio::task::spawn_blocking(move || {
            let done = counted.during(work);
            drop((slot, waiting));
            done
        });
        done.await.map_err(failed)?
    }

    /// What is kept of a password, in the form of the PHC.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, HashError> {
        let (cost, password) = (self.cost, password.to_owned());
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(failed)?;
        self.in_turn(move || {
            let hash = argon2(cost)?.hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash: PasswordHash| hash.to_string()).map_err(failed)
        })
        .await
    }

    /// Whether a password is the one of which `kept` is kept; None: nobody's is, which takes as long to find out.
    pub(crate) async fn verify(&self, kept: Option<&str>, password: &str) -> Result<bool, HashError> {
        // However long: that nobody has such a password is no secret.
        if password.chars().count() > LONGEST {
            return Ok(false);
        }
        let nobodys = self.nobodys.get_or_try_init(|| self.hash_of_nothing()).await?;
        let (is_somebodys, kept) = (kept.is_some(), kept.unwrap_or(nobodys).to_owned());
        let password = password.to_owned();
        self.in_turn(move || {
            let hash = PasswordHash::new(&kept).map_err(failed)?;
            let is_it = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
            Ok(is_it && is_somebodys)
        })
        .await
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
        assert!(hasher.verify(Some(&hash), "fyra blå stolar").await.expect("looked at"));
        assert!(!hasher.verify(Some(&hash), "fyra blå stolaR").await.expect("looked at"));
        assert!(!hasher.verify(None, "fyra blå stolar").await.expect("looked at"));
    }

    #[tokio::test]
    async fn whoever_has_no_password_costs_the_same_hash() {
        let hasher = Hasher::new(TEST_COST);
        let hash = hasher.hash("fyra blå stolar").await.expect("hashed");
        hasher
            .verify(None, "x")
            .await
            .expect("the first makes what is compared");
        for kept in [Some(hash.as_str()), None] {
            let before = hasher.counted().all();
            hasher.verify(kept, "fel lösenord").await.expect("looked at");
            assert_eq!(hasher.counted().all() - before, 1, "{kept:?}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_ten_thousand_wrong_passwords_two_are_looked_at_at_once_and_all_are_answered() {
        let hasher = Hasher::new(TEST_COST);
        let hash = hasher.hash("fyra blå stolar").await.expect("hashed");
        hasher.verify(None, "x").await.expect("looked at");
        let before = hasher.counted().all();
        let wrong = stream::iter(0..10_000).map(|number| {
            let (hasher, hash) = (hasher.clone(), hash.clone());
            async move { hasher.verify(Some(&hash), &format!("fel lösenord {number}")).await }
        });
        let answers: Vec<_> = wrong.buffer_unordered(50).collect().await;
        assert_eq!(answers.len(), 10_000);
        assert!(answers.iter().all(|answer| matches!(answer, Ok(false))));
        assert_eq!(hasher.counted().all() - before, 10_000);
        assert!(hasher.counted().most() <= 2, "{}", hasher.counted().most());
        // All at once, no more wait than are soon done; the others are asked to try again.
        let at_once = (0..1_000).map(|_| hasher.verify(None, "fel lösenord"));
        let answers = futures_util::future::join_all(at_once).await;
        let busy = answers
            .iter()
            .filter(|answer| matches!(answer, Err(HashError::Busy)))
            .count();
        assert!(busy > 0 && busy < 1_000, "{busy}");
        assert!(hasher.counted().most() <= 2, "{}", hasher.counted().most());
    }
}
