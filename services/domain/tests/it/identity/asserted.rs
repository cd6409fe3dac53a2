//! Sessions, and the keys under which identity asserts who asks: their exact events, the edges of their rules, and how each refusal comes about.

use super::decided;
use crate::ids::{actor, day};
use crate::refusals::Provoke;
use idesluss_domain::identity::session::*;
use idesluss_domain::identity::signing_key::*;
use idesluss_domain::identity::{Sessions, SigningKeysRules};
use idesluss_domain::words::{PublicKey, Role, SessionId};
use idesluss_domain::{Act, fold};
use uuid::Uuid;

#[test]
fn keys_are_numbered_and_the_newest_is_never_retired() {
    use SigningKeyAction::{Announce, Retire};
    let command = |action| SigningKeyCommand {
        actor: actor(0, Role::Service),
        action,
    };
    let key = |number: u8| PublicKey([number; 32]);
    let announced = |number| -> SigningKeyEvent {
        SigningKeyAnnounced {
            number,
            public: key(number as u8),
        }
        .into()
    };
    let decided = |given: &[SigningKeyEvent], action| decided::<SigningKeysRules>(given, &command(action));
    assert_eq!(decided(&[], Announce(1, key(1))), Ok(vec![announced(1)]));
    let one = [announced(1)];
    assert_eq!(decided(&one, Announce(1, key(1))), Ok(vec![]));
    assert_eq!(
        decided(&one, Announce(1, key(2))),
        Err(SigningKeyRejection::WrongNumber)
    );
    // The numbers of a later epoch begin further on; none goes back.
    assert_eq!(decided(&one, Announce(3, key(3))), Ok(vec![announced(3)]));
    let third = [announced(3)];
    assert_eq!(
        decided(&third, Announce(2, key(2))),
        Err(SigningKeyRejection::WrongNumber)
    );
    assert_eq!(decided(&one, Retire(1)), Err(SigningKeyRejection::InUse));
    let two = [announced(1), announced(2)];
    assert_eq!(decided(&two, Retire(2)), Err(SigningKeyRejection::InUse));
    let retired: SigningKeyEvent = SigningKeyRetired { number: 1 }.into();
    assert_eq!(decided(&two, Retire(1)), Ok(vec![retired.clone()]));
    let state = fold::<SigningKeysRules>(&[announced(1), announced(2), retired.clone()]);
    assert_eq!((state.newest(), state.last, state.keys.len()), (Some(2), 2, 1));
    assert_eq!(decided(&[announced(1), announced(2), retired], Retire(1)), Ok(vec![]));
    assert_eq!(decided(&two, Retire(0)), Err(SigningKeyRejection::InUse));
}

#[test]
fn a_session_ends_once() {
    let end = Act {
        id: SessionId(Uuid::from_u128(7)),
        actor: actor(0, Role::Service),
        today: day(24),
        action: SessionAction::End,
    };
    let ended: SessionEvent = SessionEnded {}.into();
    assert_eq!(decided::<Sessions>(&[], &end), Ok(vec![ended.clone()]));
    assert_eq!(decided::<Sessions>(&[ended], &end), Ok(vec![]));
}

#[test]
fn a_key_is_announced_by_the_service_or_by_whoever_runs_the_machines_and_retired_by_the_service_alone() {
    let first = SigningKeyEvent::from(SigningKeyAnnounced {
        number: 1,
        public: PublicKey([1; 32]),
    });
    for role in Role::ALL {
        let decided = |action| {
            let command = SigningKeyCommand {
                actor: actor(9, role),
                action,
            };
            decided::<SigningKeysRules>(std::slice::from_ref(&first), &command)
        };
        let announced = decided(SigningKeyAction::Announce(2, PublicKey([2; 32])));
        assert_eq!(
            announced.is_ok(),
            matches!(role, Role::Service | Role::Operator),
            "{role}"
        );
        let retired = decided(SigningKeyAction::Retire(1));
        assert_eq!(
            retired == Err(SigningKeyRejection::WrongRole),
            role != Role::Service,
            "{role}"
        );
    }
}

impl Provoke for Sessions {
    fn provoke(refusal: SessionRejection) -> (Vec<SessionEvent>, Act<SessionId, SessionAction>) {
        let SessionRejection::WrongRole = refusal;
        let end = Act {
            id: SessionId(Uuid::from_u128(7)),
            actor: actor(9, Role::Administrator),
            today: day(24),
            action: SessionAction::End,
        };
        (vec![], end)
    }
}

impl Provoke for SigningKeysRules {
    fn provoke(refusal: SigningKeyRejection) -> (Vec<SigningKeyEvent>, SigningKeyCommand) {
        let command = |role, action| SigningKeyCommand {
            actor: actor(0, role),
            action,
        };
        let key = PublicKey([1; 32]);
        match refusal {
            SigningKeyRejection::WrongRole => {
                (vec![], command(Role::Administrator, SigningKeyAction::Announce(1, key)))
            }
            SigningKeyRejection::WrongNumber => (vec![], command(Role::Service, SigningKeyAction::Announce(0, key))),
            SigningKeyRejection::InUse => (vec![], command(Role::Service, SigningKeyAction::Retire(1))),
        }
    }
}
