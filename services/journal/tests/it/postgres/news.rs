//! What is written without a look at what may be there: it is found all the same.

use super::Databased;
use crate::samples::{append, command, part};
use idesluss_journal::{Append, AppendError, Log as _, Outcome, StreamAppend};

fn commanded(number: u8, body: u8, parts: Vec<StreamAppend>) -> Append {
    Append {
        command: Some(command(number, body)),
        ..append(parts)
    }
}

#[tokio::test]
async fn nothing_is_known_by_heart_after_a_restart_and_nothing_is_taken_to_be_new_that_is_there() {
    let instance = Databased::new().await;
    let store = instance.replica("one").await;
    let written = store.append(commanded(1, 1, vec![part("idea/a", 0, &[1])])).await;
    let Ok(Outcome::Written(first)) = written else {
        panic!("{written:?}")
    };
    store.close().await;
    for (what, again) in [
        ("a repeat", commanded(1, 1, vec![part("idea/a", 0, &[1])])),
        (
            "a repeat on another stream",
            commanded(1, 1, vec![part("idea/b", 0, &[2])]),
        ),
        (
            "a repeat of what was loaded anew",
            commanded(1, 1, vec![part("idea/a", 1, &[])]),
        ),
    ] {
        // Each begins with a cold memory.
        let store = instance.replica("one").await;
        let repeated = store.append(again).await;
        assert!(
            matches!(&repeated, Ok(Outcome::Repeated(found)) if *found == first),
            "{what}: {repeated:?}"
        );
        store.close().await;
    }
    let conflict = |result: &Result<Outcome, AppendError>| matches!(result, Err(AppendError::Conflict { stream, expected: 0, actual: 1 }) if stream == "idea/a");
    for (what, wrong) in [
        ("a stream that is there", commanded(2, 1, vec![part("idea/a", 0, &[2])])),
        (
            "a stream that is only read",
            commanded(2, 1, vec![part("idea/b", 0, &[2]), part("idea/a", 0, &[])]),
        ),
    ] {
        let store = instance.replica("one").await;
        let refused = store.append(wrong).await;
        assert!(conflict(&refused), "{what}: {refused:?}");
        store.close().await;
    }
    let store = instance.replica("one").await;
    let reused = store.append(commanded(1, 2, vec![part("idea/b", 0, &[2])])).await;
    assert!(matches!(reused, Err(AppendError::CommandReused)), "{reused:?}");

    // What shares its batch is written all the same.
    let (repeat, new) = tokio::join!(
        store.append(commanded(1, 1, vec![part("idea/a", 0, &[1])])),
        store.append(commanded(3, 1, vec![part("idea/c", 0, &[3])])),
    );
    assert!(matches!(repeat, Ok(Outcome::Repeated(_))), "{repeat:?}");
    assert!(matches!(new, Ok(Outcome::Written(_))), "{new:?}");
    assert_eq!(store.head().borrow().size, 2);
    assert_eq!(store.verify().await.expect("whole"), 2);
    store.close().await;
}
