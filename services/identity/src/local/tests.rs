//! Accounts of here on a journal of their own, by a clock that is moved. Passkeys are tried in a real browser.

use super::codes::OneTimeCodes;
use super::{Browser, Came, Change, Chosen, Local, LocalError};
use crate::first::WriteDown;
use crate::kept::key;
use crate::keys::Keys;
use crate::mapped::Mapped;
use crate::providers::{LocalAccounts, Providers};
use crate::sessions::Way;
use crate::sign_in::{SignIn, SignInError};
use crate::tests::{BEGUN, DAY, HOUR, MINUTE, Setup};
use crate::views::PeopleView;
use futures_util::future::join_all;
use idesluss_domain::Act;
use idesluss_domain::Event;
use idesluss_domain::identity::People;
use idesluss_domain::identity::organisations::OrganisationKind;
use idesluss_domain::identity::person::{Means, PersonAction, PersonChanged, PersonEvent, SignInMeansChanged};
use idesluss_domain::instance::RestoreReason;
use idesluss_domain::words::{Actor, AggregateId as _, CommandId, OrganisationId, PersonId, Role, Scope, Timestamp};
use idesluss_engine::{Call, Decided, Loaded, Timer as _};
use idesluss_runtime::{Directory, HeldRole, Organisation, Person};
use std::sync::Arc;
use uuid::Uuid;

const PASSWORD: &str = "fyra blå stolar i hallen";
const MARIA: &str = "maria@innovatum.example";

fn home() -> OrganisationId {
    "innovatum".parse().expect("a short name")
}

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(0x018f_0000_0000_7000_8000_0000_0000_0000 + number))
}

/// A partner at which Maria and Olle coordinate, and Eva does nothing.
struct Partner {
    setup: Setup,
    local: Local,
}

impl Partner {
    async fn new() -> Self {
        let setup = Setup::new().await;
        let context = setup.context.clone();
        let mut directory = Directory::of(&context.instance);
        directory.organisations.push(Organisation {
            id: home(),
            name: "Innovatum".to_owned(),
            prefix: "INN".to_owned(),
            kind: OrganisationKind::Company,
            public_body: false,
            answer_working_days: 10,
            decision_days: 60,
            idle_minutes: 120,
            session_hours: 12,
            shown: idesluss_runtime::Shown::default(),
        });
        let held = HeldRole {
            organisation: home(),
            role: Role::Coordinator,
        };
        for (number, name, roles) in [
            (1, "Maria", vec![held.clone()]),
            (2, "Olle", vec![held]),
            (3, "Eva", vec![]),
        ] {
            directory.people.push(Person {
                id: person(number),
                name: name.to_owned(),
                roles,
                named_in: None,
            });
        }
        let write_down = WriteDown::new(context.clone(), Arc::new(directory), Keys::new(context.clone()));
        write_down.fire_due().await.expect("written down");
        let people = context
            .engine
            .view::<PeopleView>(setup.folder.path())
            .await
            .expect("a view");
        let mut providers = Providers::default();
        providers.local = LocalAccounts {
            organisations: [home()].into(),
        };
        let providers = Arc::new(providers);
        let mapped = Mapped::new(context.clone(), people.clone(), providers.clone());
        let sign_in = SignIn::new(context.clone(), people.clone(), setup.sessions(), mapped, providers);
        let partner = Self {
            local: Local::new(context, people, sign_in).cheap(),
            setup,
        };
        for (number, address) in [(1, MARIA), (2, "olle@innovatum.example"), (3, "eva@innovatum.example")] {
            partner.reached(person(number), address).await;
        }
        partner
    }

    /// Notes where mail reaches somebody.
    async fn reached(&self, person: PersonId, address: &str) {
        let engine = &self.setup.context.engine;
        let mut call = Call::by_service("Change", &home(), CommandId(Uuid::new_v4()), None);
        let event = PersonChanged::TYPE;
        let id = engine.event_id(call.head(), event, 0);
        let mut sealer = engine.vault().sealer(&home());
        let scope = Scope::Person(person);
        let name = sealer
            .text(&scope, id, event, "name", "Maria Lindqvist")
            .await
            .expect("sealed");
        let sealed = sealer
            .text(&scope, id, event, "address", address)
            .await
            .expect("sealed");
        call.sealed = sealer.finish();
        let administrator = Actor {
            person: PersonId(Uuid::from_u128(9)),
            organisation: home(),
            role: Role::Administrator,
        };
        let act = Act {
            id: person,
            actor: administrator,
            today: engine.clock().today(),
            action: PersonAction::Change {
                name,
                address: Some(sealed),
            },
        };
        let stream = person.stream();
        let decide = |loaded: &Loaded| Ok(vec![Decided::by::<People>(&act, loaded, person.0)?]);
        let done = engine.execute(call, std::slice::from_ref(&stream), decide).await;
        done.expect("changed");
    }

    /// Makes a link for somebody.
    async fn invite(&self, person: PersonId) -> [u8; 32] {
        let link = crate::sessions::fresh_secret().expect("random");
        self.local.invite(key(&link), person).await.expect("kept");
        link
    }

    /// Maria, who has chosen a password. Returns what her browser keeps, with the secret of her session.
    async fn with_password(&self) -> (Browser, [u8; 32]) {
        let link = self.invite(person(1)).await;
        let accepted = self.local.accept(&stranger(), &link, Chosen::Password(PASSWORD)).await;
        let (came, _) = accepted.expect("chosen");
        arrived(came)
    }

    async fn tries(&self, browser: &Browser, password: &str) -> Result<Came, LocalError> {
        self.local.by_password(browser, MARIA, password).await
    }

    async fn hashes(&self, address: &str, password: &str) -> u64 {
        let before = self.local.hasher.counted().all();
        let refused = self.local.by_password(&stranger(), address, password).await;
        assert!(matches!(refused, Err(LocalError::WrongPassword)), "{address}");
        self.local.hasher.counted().all() - before
    }

    fn now(&self) -> i64 {
        self.local.now()
    }

    /// Lets an app make codes for whoever has the session. Returns what it makes them with, and the codes on paper.
    async fn with_codes(&self, secret: &[u8]) -> (OneTimeCodes, Vec<String>) {
        let new = self.local.new_codes(secret, &[]).await.expect("begun");
        let agreed: super::means::Agreed = self.local.open(super::means::AGREED, &new.kept).expect("ours");
        let code = agreed.codes.code(self.now());
        let change = Change::AddOneTimeCodes {
            kept: &new.kept,
            code: &code,
        };
        let changed = self.local.change(secret, change).await.expect("agreed");
        assert_eq!(changed.recovery_codes.len(), 10);
        (agreed.codes, changed.recovery_codes)
    }
}

fn stranger() -> Browser {
    Browser {
        words: "Firefox, Linux".to_owned(),
        ..Browser::default()
    }
}

fn arrived(came: Came) -> (Browser, [u8; 32]) {
    match came {
        Came::In(arrived, known) => (Browser { known, ..stranger() }, arrived.begun.secret),
        Came::Halfway(_) => panic!("a code is asked for"),
    }
}

fn halfway(came: Result<Came, LocalError>) -> Vec<u8> {
    match came.expect("the password is right") {
        Came::Halfway(kept) => kept,
        Came::In(..) => panic!("no code is asked for"),
    }
}

#[tokio::test]
async fn whoever_is_invited_chooses_once_and_signs_in_with_that() {
    let partner = Partner::new().await;
    let local = &partner.local;
    let link = partner.invite(person(1)).await;
    let known = local.look_at(&link).await.expect("good");
    assert_eq!(
        (known.name.as_str(), known.address.as_str()),
        ("Maria Lindqvist", MARIA)
    );
    // What is not taken does not use the link up.
    for poor in ["kort", "sommar2026", "maria.lindqvist"] {
        let refused = local.accept(&stranger(), &link, Chosen::Password(poor)).await;
        assert!(matches!(refused, Err(LocalError::Password(_))), "{poor}");
    }
    let (came, _) = local
        .accept(&stranger(), &link, Chosen::Password(PASSWORD))
        .await
        .expect("chosen");
    let (_, secret) = arrived(came);
    let session = partner
        .setup
        .sessions()
        .find(&secret)
        .await
        .expect("readable")
        .expect("begun");
    assert_eq!(
        (session.actor.person, session.actor.role),
        (person(1), Role::Coordinator)
    );
    let again = local.accept(&stranger(), &link, Chosen::Password(PASSWORD)).await;
    assert!(matches!(again, Err(LocalError::BadLink)), "once");
    assert!(matches!(local.look_at(&link).await, Err(LocalError::BadLink)));
    for address in [MARIA, " Maria@Innovatum.Example "] {
        let came = local.by_password(&stranger(), address, PASSWORD).await;
        arrived(came.expect("right"));
    }
    assert!(local.standing(person(1)).await.expect("readable").has_means);
    // The journal holds that it happened, and nothing of what.
    let loaded = partner
        .setup
        .context
        .engine
        .load(&[person(1).stream()])
        .await
        .expect("readable");
    let last = loaded
        .entries(&person(1).stream())
        .last()
        .and_then(|entry| entry.event.clone());
    let changed = SignInMeansChanged {
        means: Means::Password,
        added: true,
    };
    assert_eq!(last, Some(Event::Person(PersonEvent::from(changed))));
}

#[tokio::test]
async fn a_link_is_good_for_seven_days_a_reset_for_an_hour_and_the_newest_alone() {
    let partner = Partner::new().await;
    let local = &partner.local;
    let late = partner.invite(person(1)).await;
    partner.setup.at(7 * DAY - 1);
    local.look_at(&late).await.expect("good");
    partner.setup.at(7 * DAY);
    assert!(matches!(local.look_at(&late).await, Err(LocalError::BadLink)));
    let (first, second) = (partner.invite(person(1)).await, partner.invite(person(1)).await);
    assert!(matches!(local.look_at(&first).await, Err(LocalError::BadLink)));
    let others = partner.invite(person(2)).await;
    local.look_at(&second).await.expect("another's changes nothing");
    local.look_at(&others).await.expect("good");
    // Who holds no role could not come in, and keeps the link until they can.
    let eva = partner.invite(person(3)).await;
    let refused = local.accept(&stranger(), &eva, Chosen::Password(PASSWORD)).await;
    assert!(matches!(refused, Err(LocalError::NoRoleYet)));
    let looked = local.look_at(&eva).await;
    assert!(matches!(looked, Err(LocalError::NoRoleYet)), "it is not used up");

    let (browser, secret) = partner.with_password().await;
    let reset = [7; 32];
    local.reset(key(&reset), person(1)).await.expect("reset");
    assert_eq!(partner.setup.sessions().find(&secret).await.expect("readable"), None);
    let old = partner.tries(&browser, PASSWORD).await;
    assert!(matches!(old, Err(LocalError::WrongPassword)), "at once");
    partner.setup.at(7 * DAY + HOUR - 1);
    local.look_at(&reset).await.expect("good");
    partner.setup.at(7 * DAY + HOUR);
    assert!(matches!(local.look_at(&reset).await, Err(LocalError::BadLink)));
}

#[tokio::test]
async fn whoever_is_nobody_or_has_no_password_costs_the_same_hash() {
    let partner = Partner::new().await;
    partner.with_password().await;
    partner.hashes("ingen@innovatum.example", "x").await;
    let wrong = "fel lösenord";
    for (address, who) in [
        (MARIA, "who is known"),
        ("okand@innovatum.example", "who is not"),
        ("olle@innovatum.example", "who has no account"),
        ("", "nobody at all"),
    ] {
        assert_eq!(partner.hashes(address, wrong).await, 1, "{who}");
    }
}

#[tokio::test]
async fn ten_thousand_wrong_passwords_from_elsewhere_keep_nobody_out_who_is_known() {
    let partner = Partner::new().await;
    let (own, _) = partner.with_password().await;
    let (mut looked_at, mut waited) = (0, 0);
    for number in 0..10_000 {
        match partner.tries(&stranger(), &format!("fel lösenord {number}")).await {
            Err(LocalError::WrongPassword) => looked_at += 1,
            Err(LocalError::TooEarly(_)) => waited += 1,
            _ => panic!("{number} lets somebody in"),
        }
    }
    assert_eq!((looked_at, waited), (5, 9_995), "nobody waits for the others' hashes");
    assert!(partner.local.hasher.counted().most() <= 2);
    let right = partner.tries(&stranger(), PASSWORD).await;
    assert!(
        matches!(right, Err(LocalError::TooEarly(_))),
        "nor is the right one looked at"
    );
    // Her own browser, and a link, let her in.
    let (own, _) = arrived(partner.tries(&own, PASSWORD).await.expect("known"));
    // It is hers alone, and does not lend itself to guessing.
    for number in 0..5 {
        let wrong = partner.tries(&own, &format!("fel lösenord {number}")).await;
        assert!(matches!(wrong, Err(LocalError::WrongPassword)));
    }
    let wrong = partner.tries(&own, PASSWORD).await;
    assert!(matches!(wrong, Err(LocalError::TooEarly(early)) if early.seconds == 1));
    partner.local.reset(key(&[7; 32]), person(1)).await.expect("reset");
    let accepted = partner
        .local
        .accept(&stranger(), &[7; 32], Chosen::Password("fyra gröna stolar"))
        .await;
    let (came, _) = accepted.expect("chosen");
    let (anew, _) = arrived(came);
    arrived(partner.tries(&anew, "fyra gröna stolar").await.expect("known"));
    // What a browser has kept from before that counts no more.
    let before = partner.tries(&own, "fyra gröna stolar").await;
    assert!(matches!(before, Err(LocalError::TooEarly(_))));
    // A quarter of an hour later strangers may try again.
    partner.setup.at(15 * MINUTE);
    arrived(partner.tries(&stranger(), "fyra gröna stolar").await.expect("right"));
}

#[tokio::test]
async fn a_code_is_asked_for_after_the_password_and_is_good_once() {
    let partner = Partner::new().await;
    let (own, secret) = partner.with_password().await;
    let (codes, on_paper) = partner.with_codes(&secret).await;
    let at = |minutes: i64| {
        partner.setup.at(minutes * MINUTE);
        codes.code(BEGUN + minutes * MINUTE)
    };
    let kept = halfway(partner.tries(&own, PASSWORD).await);
    let first = codes.code(BEGUN);
    let local = &partner.local;
    let used = local.by_code(&own, &kept, &first).await;
    assert!(
        matches!(used, Err(LocalError::WrongCode)),
        "it was agreed on with that one"
    );
    let code = at(2);
    arrived(local.by_code(&own, &kept, &code).await.expect("right"));
    let kept = halfway(partner.tries(&own, PASSWORD).await);
    let again = local.by_code(&own, &kept, &code).await;
    assert!(matches!(again, Err(LocalError::WrongCode)), "once");
    // One on paper, however it is written, once.
    let paper = on_paper[3].to_lowercase().replace('-', " ");
    arrived(local.by_code(&own, &kept, &paper).await.expect("right"));
    let kept = halfway(partner.tries(&own, PASSWORD).await);
    let again = local.by_code(&own, &kept, &paper).await;
    assert!(matches!(again, Err(LocalError::WrongCode)), "once");
    arrived(local.by_code(&own, &kept, &on_paper[4]).await.expect("right"));
    // What was kept too long ago, or is somebody's own work, is nothing.
    let kept = halfway(partner.tries(&own, PASSWORD).await);
    let code = at(22);
    let late = local.by_code(&own, &kept, &code).await;
    assert!(matches!(late, Err(LocalError::NotBegun)));
    assert!(matches!(
        local.by_code(&own, &own.known, &code).await,
        Err(LocalError::NotBegun)
    ));
    // Codes are guessed as little as passwords are.
    let strange = stranger();
    for _ in 0..5 {
        let kept = halfway(partner.tries(&strange, PASSWORD).await);
        let wrong = local.by_code(&strange, &kept, "000000").await;
        assert!(matches!(wrong, Err(LocalError::WrongCode)));
    }
    let kept = halfway(partner.tries(&strange, PASSWORD).await);
    let right = local.by_code(&strange, &kept, &on_paper[5]).await;
    assert!(matches!(right, Err(LocalError::TooEarly(_))));
    // Whoever waits their turn comes in, however long strangers have guessed at the password meanwhile.
    let mut minutes = 22;
    for _ in 0..20 {
        minutes += 15;
        at(minutes);
        let wrong = partner.tries(&strange, "fel lösenord").await;
        assert!(matches!(wrong, Err(LocalError::WrongPassword)));
    }
    at(minutes + 15);
    let kept = halfway(partner.tries(&strange, PASSWORD).await);
    arrived(local.by_code(&strange, &kept, &on_paper[5]).await.expect("right"));
}

#[tokio::test]
async fn what_is_good_once_lets_one_in_of_those_who_show_it_at_once() {
    let partner = Partner::new().await;
    let local = &partner.local;
    let link = partner.invite(person(1)).await;
    let browser = stranger();
    let accepts = (0..4).map(|_| local.accept(&browser, &link, Chosen::Password(PASSWORD)));
    let mut accepted: Vec<_> = join_all(accepts).await.into_iter().filter_map(Result::ok).collect();
    assert_eq!(accepted.len(), 1, "a link");
    let (own, secret) = arrived(accepted.remove(0).0);
    let (codes, on_paper) = partner.with_codes(&secret).await;
    partner.setup.at(2 * MINUTE);
    let kept = halfway(partner.tries(&own, PASSWORD).await);
    for code in [codes.code(partner.now()), on_paper[0].clone()] {
        let shown = (0..4).map(|_| local.by_code(&own, &kept, &code));
        let came = join_all(shown).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(came, 1, "{code}");
    }
}

#[tokio::test]
async fn nobody_is_in_by_what_was_changed_before_they_were_let_in() {
    let partner = Partner::new().await;
    let (own, secret) = partner.with_password().await;
    let local = &partner.local;
    let seen = local
        .accounts
        .of(person(1))
        .await
        .expect("readable")
        .expect("an account");
    let (_, other) = arrived(partner.tries(&stranger(), PASSWORD).await.expect("right"));
    let to = |current, password| Change::Password { current, password };
    let changed = local.change(&secret, to(PASSWORD, "fyra gröna stolar")).await;
    changed.expect("changed");
    // Whoever was looked at before, and is let in after.
    let late = local.arrive(&seen, &own, None).await;
    assert!(matches!(late, Err(LocalError::SignIn(SignInError::NobodyHere))));
    let sessions = partner.setup.sessions();
    assert_eq!(sessions.find(&other).await.expect("readable"), None, "elsewhere");
    let session = sessions.find(&secret).await.expect("readable").expect("it goes on");
    let may_act = async |way: &Way| local.sign_in.may_act(&session.actor, way).await.expect("readable");
    assert!(may_act(&session.way).await && !may_act(&Way::Local(seen.generation)).await);
    // The one that goes on may change more, and whoever has shown a password of before shows no code to it.
    let (_, on_paper) = partner.with_codes(&secret).await;
    let kept = halfway(partner.tries(&own, "fyra gröna stolar").await);
    let changed = local.change(&secret, to("fyra gröna stolar", PASSWORD)).await;
    changed.expect("changed");
    let late = local.by_code(&own, &kept, &on_paper[0]).await;
    assert!(matches!(late, Err(LocalError::NotBegun)));
    // What changes nothing signs nobody out.
    let kept = halfway(partner.tries(&own, PASSWORD).await);
    let (_, other) = arrived(local.by_code(&own, &kept, &on_paper[0]).await.expect("right"));
    let nothing = local.change(&secret, Change::RemovePasskey(Uuid::nil())).await;
    assert!(nothing.expect("nothing to do").token.is_none());
    assert!(sessions.find(&other).await.expect("readable").is_some());
}

#[tokio::test]
async fn a_link_that_is_made_again_by_the_same_command_takes_nothing_away() {
    let partner = Partner::new().await;
    partner.with_password().await;
    let local = &partner.local;
    let left = partner.invite(person(1)).await;
    let late = local
        .accept(&stranger(), &left, Chosen::Password("fyra gröna stolar"))
        .await;
    assert!(matches!(late, Err(LocalError::BadLink)), "they have an account");
    let reset = [7; 32];
    local.reset(key(&reset), person(1)).await.expect("reset");
    let accepted = local.accept(&stranger(), &reset, Chosen::Password(PASSWORD)).await;
    let (_, secret) = arrived(accepted.expect("chosen").0);
    local.reset(key(&reset), person(1)).await.expect("nothing to do");
    assert!(
        partner
            .setup
            .sessions()
            .find(&secret)
            .await
            .expect("readable")
            .is_some()
    );
    arrived(partner.tries(&stranger(), PASSWORD).await.expect("right"));
    assert!(matches!(local.look_at(&reset).await, Err(LocalError::BadLink)));
}

#[tokio::test]
async fn a_hash_of_before_is_made_anew_by_whoever_signs_in() {
    let partner = Partner::new().await;
    let (own, secret) = partner.with_password().await;
    let engine = partner.setup.context.clone();
    let dear = Local::new(engine, partner.local.people.clone(), partner.local.sign_in.clone());
    let kept = async || {
        let account = dear.accounts.of(person(1)).await.expect("readable");
        account.and_then(|account| account.password).expect("a password")
    };
    assert!(kept().await.contains("m=8,"), "cheap");
    arrived(dear.by_password(&own, MARIA, PASSWORD).await.expect("right"));
    assert!(kept().await.contains("m=19456,t=2,p=1"), "{}", kept().await);
    assert!(
        partner
            .setup
            .sessions()
            .find(&secret)
            .await
            .expect("readable")
            .is_some(),
        "nobody is signed out"
    );
}

#[tokio::test]
async fn what_one_signs_in_with_is_changed_just_after_signing_in_and_never_to_nothing() {
    let partner = Partner::new().await;
    let (own, secret) = partner.with_password().await;
    let local = &partner.local;
    assert!(matches!(
        local.change(&secret, Change::RemovePassword).await,
        Err(LocalError::LastMeans)
    ));
    let to = |current, password| Change::Password { current, password };
    let wrong = local.change(&secret, to("fel lösenord", "fyra gröna stolar")).await;
    assert!(matches!(wrong, Err(LocalError::WrongCurrentPassword)));
    let poor = local.change(&secret, to(PASSWORD, "innovatum1")).await;
    assert!(matches!(poor, Err(LocalError::Password(_))));
    local
        .change(&secret, to(PASSWORD, "fyra gröna stolar"))
        .await
        .expect("changed");
    assert!(partner.tries(&own, PASSWORD).await.is_err());
    let (_, fresh) = arrived(partner.tries(&own, "fyra gröna stolar").await.expect("right"));
    let offered = local.means(&fresh).await.expect("readable");
    assert!(offered.is_fresh && offered.address == MARIA && offered.may_have_account && !offered.came_by_code);
    assert!(offered.account.expect("an account").passkeys.is_empty());
    let (_, on_paper) = partner.with_codes(&fresh).await;
    let account = local.means(&fresh).await.expect("readable").account;
    let made = Timestamp::from_micros(account.expect("an account").recovery_codes_made).expect("a time");
    partner.setup.at(1);
    let renewed = local
        .change(&fresh, Change::RenewRecoveryCodes(made))
        .await
        .expect("renewed");
    // Whoever loads that page anew has the same ones.
    let again = local.change(&fresh, Change::RenewRecoveryCodes(made)).await;
    assert!(matches!(again, Err(LocalError::NothingThere)));
    let kept = halfway(partner.tries(&own, "fyra gröna stolar").await);
    assert!(
        local.by_code(&own, &kept, &on_paper[0]).await.is_err(),
        "the ones before"
    );
    arrived(
        local
            .by_code(&own, &kept, &renewed.recovery_codes[0])
            .await
            .expect("right"),
    );
    local
        .change(&fresh, Change::RemoveOneTimeCodes)
        .await
        .expect("taken away");
    let (_, fresh) = arrived(partner.tries(&own, "fyra gröna stolar").await.expect("right"));
    partner.setup.at(16 * MINUTE);
    let late = local.change(&fresh, to("fyra gröna stolar", PASSWORD)).await;
    assert!(matches!(late, Err(LocalError::NotFresh)));
    assert!(!local.means(&fresh).await.expect("readable").is_fresh);
    assert!(matches!(
        local.change(&[1; 32], Change::RemovePassword).await,
        Err(LocalError::SessionEnded)
    ));
}

#[tokio::test]
async fn an_address_is_one_persons_and_whoever_is_called_otherwise_signs_in_so() {
    let partner = Partner::new().await;
    partner.with_password().await;
    let local = &partner.local;
    let olle = partner.invite(person(2)).await;
    partner.reached(person(2), MARIA).await;
    let taken = local.accept(&stranger(), &olle, Chosen::Password(PASSWORD)).await;
    assert!(matches!(taken, Err(LocalError::AddressTaken)));
    let new = "maria.lindqvist@innovatum.example";
    local.prepare_name(person(1), new).await.expect("free");
    // Until it is hers it lets nobody in.
    let early = local.by_password(&stranger(), new, PASSWORD).await;
    assert!(matches!(early, Err(LocalError::WrongPassword)));
    partner.reached(person(1), new).await;
    // Also where nothing more was done.
    arrived(local.by_password(&stranger(), new, PASSWORD).await.expect("right"));
    local.rename(person(1)).await.expect("renamed");
    arrived(local.by_password(&stranger(), new, PASSWORD).await.expect("right"));
    let old = local.by_password(&stranger(), MARIA, PASSWORD).await;
    assert!(matches!(old, Err(LocalError::WrongPassword)));
    let (came, _) = local
        .accept(&stranger(), &olle, Chosen::Password(PASSWORD))
        .await
        .expect("free now");
    arrived(came);
    assert!(matches!(
        local.prepare_name(person(2), new).await,
        Err(LocalError::AddressTaken)
    ));
}

#[tokio::test]
async fn after_a_restore_nobody_signs_in_with_what_they_had_before_an_administrator_invites_them() {
    let partner = Partner::new().await;
    let (own, secret) = partner.with_password().await;
    let link = partner.invite(person(2)).await;
    let engine = &partner.setup.context.engine;
    let operator = Actor::operator(&partner.setup.context.instance);
    engine
        .open_epoch(&operator, RestoreReason::Exercise, 0)
        .await
        .expect("opened");
    let local = &partner.local;
    assert!(matches!(
        partner.tries(&own, PASSWORD).await,
        Err(LocalError::WrongPassword)
    ));
    assert!(matches!(local.look_at(&link).await, Err(LocalError::BadLink)));
    assert_eq!(partner.setup.sessions().find(&secret).await.expect("readable"), None);
    assert!(!local.standing(person(1)).await.expect("readable").has_means);
    // Nor does whoever is invited come in, before somebody has confirmed which roles count.
    let anew = partner.invite(person(1)).await;
    let early = local.accept(&stranger(), &anew, Chosen::Password(PASSWORD)).await;
    assert!(matches!(early, Err(LocalError::NoRoleYet)));
    let looked = local.look_at(&anew).await;
    assert!(
        matches!(looked, Err(LocalError::NoRoleYet)),
        "it is good when they have"
    );
}

#[tokio::test]
async fn whoever_is_shut_out_learns_it_from_the_right_password_alone() {
    let partner = Partner::new().await;
    let (own, _) = partner.with_password().await;
    let engine = &partner.setup.context.engine;
    let act = Act {
        id: person(1),
        actor: Actor::operator(&partner.setup.context.instance),
        today: engine.clock().today(),
        action: PersonAction::Disable,
    };
    let stream = person(1).stream();
    let call = Call::by_service("Disable", &home(), CommandId(Uuid::new_v4()), None);
    let decide = |loaded: &Loaded| Ok(vec![Decided::by::<People>(&act, loaded, person(1).0)?]);
    engine
        .execute(call, std::slice::from_ref(&stream), decide)
        .await
        .expect("shut out");
    let wrong = partner.tries(&own, "fel lösenord").await;
    assert!(matches!(wrong, Err(LocalError::WrongPassword)));
    let right = partner.tries(&own, PASSWORD).await;
    assert!(matches!(right, Err(LocalError::SignIn(SignInError::Disabled))));
}
