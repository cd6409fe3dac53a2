//! Other people's ideas, wrong states, ids used twice, messages that are too large or no messages at all.

use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_tests::{Instance, Someone, call, settled};
use tonic::{Code, Status};
use uuid::Uuid;

const SUBMIT: &str = "/idesluss.submission.v1.SubmissionCommandService/SubmitIdea";
const MIB: usize = 1 << 20;

/// How many entries submission's journal has, once its reactions have answered what is in it.
async fn size(instance: &Instance) -> u64 {
    settled("submission's journal", async || {
        Some(instance.server.head("submission").await.size)
    })
    .await
}

#[track_caller]
fn refused<T: std::fmt::Debug>(answer: Result<T, Status>, code: Code, says: &str) {
    let status = answer.expect_err("it should have been refused");
    assert_eq!(status.code(), code, "{status:?}");
    assert!(status.message().contains(says), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_used_again_gives_the_first_result_or_is_refused_when_the_body_differs() {
    let instance = Instance::start();
    let mut submission = instance.submission();
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let id = Uuid::new_v4();
    let request = sub::SubmitIdeaRequest {
        command: submitter.repeat(id),
        ..submitter.idea()
    };
    let first = submission
        .submit_idea(submitter.says(request.clone()))
        .await
        .expect("taken in")
        .into_inner();
    let taken = size(&instance).await;
    let again = submission
        .submit_idea(submitter.says(request.clone()))
        .await
        .expect("the same")
        .into_inner();
    assert_eq!(first, again);
    let other = sub::SubmitIdeaRequest {
        title: "Något annat".into(),
        ..request.clone()
    };
    refused(
        submission.submit_idea(submitter.says(other)).await,
        Code::AlreadyExists,
        "new id",
    );
    // Ids belong to an organisation: another one may use the same.
    let neighbour = Someone::who("trollhattan", Role::Submitter);
    assert_eq!(size(&instance).await, taken);
    let theirs = sub::SubmitIdeaRequest {
        command: neighbour.repeat(id),
        ..neighbour.idea()
    };
    submission
        .submit_idea(neighbour.says(theirs))
        .await
        .expect("another organisation's");
    // The same idea by another command is not two ideas.
    let twice = sub::SubmitIdeaRequest {
        command: submitter.command(),
        ..request
    };
    let taken = size(&instance).await;
    let answer = submission.submit_idea(submitter.says(twice)).await;
    assert_eq!(
        answer.expect_err("there is one already").code(),
        Code::FailedPrecondition
    );
    assert_eq!(size(&instance).await, taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_others_and_what_is_not_its_turn_is_refused_and_changes_nothing() {
    let instance = Instance::start();
    let (mut submission, mut ideas) = (instance.submission(), instance.ideas());
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let coordinator = Someone::who("uddevalla", Role::Coordinator);
    let neighbour = Someone::who("trollhattan", Role::Submitter);
    let elsewhere = Someone::who("trollhattan", Role::Coordinator);
    let idea = instance.submitted_idea().await;
    let taken = size(&instance).await;

    for (who, title) in [(&neighbour, "another submitter"), (&elsewhere, "another organisation")] {
        let get = sub::GetIdeaRequest {
            query: who.asks(),
            idea: idea.clone(),
        };
        let status = ideas.get_idea(who.says(get)).await.expect_err(title);
        assert!(
            matches!(status.code(), Code::PermissionDenied | Code::NotFound),
            "{title}: {status:?}"
        );
    }
    let withdraw = |command| sub::WithdrawIdeaRequest {
        command,
        idea: idea.clone(),
        reason: String::new(),
    };
    let answer = submission
        .withdraw_idea(neighbour.says(withdraw(neighbour.command())))
        .await;
    refused(answer, Code::PermissionDenied, "");
    let answer = submission
        .withdraw_idea(coordinator.says(withdraw(coordinator.command())))
        .await;
    refused(answer, Code::PermissionDenied, "");
    let park = |command| sub::ParkIdeaRequest {
        command,
        idea: idea.clone(),
        awaits: "När det finns pengar".into(),
    };
    refused(
        submission.park_idea(elsewhere.says(park(elsewhere.command()))).await,
        Code::PermissionDenied,
        "",
    );
    // Somebody who claims a role that they do not hold.
    let claimed = submitter.claiming(Role::Coordinator);
    refused(
        submission.park_idea(claimed.says(park(claimed.command()))).await,
        Code::PermissionDenied,
        "",
    );

    // Not its turn: nothing has been asked, and there is no brief yet.
    let clarify = sub::ProvideClarificationRequest {
        command: submitter.command(),
        idea: idea.clone(),
        answer: "Ett svar som ingen har bett om".into(),
    };
    refused(
        submission.provide_clarification(submitter.says(clarify)).await,
        Code::FailedPrecondition,
        "",
    );
    let accept = sub::AcceptIdeaRequest {
        command: coordinator.command(),
        idea: idea.clone(),
    };
    refused(
        submission.accept_idea(coordinator.says(accept)).await,
        Code::FailedPrecondition,
        "brief",
    );
    assert_eq!(size(&instance).await, taken, "something was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_no_message_is_refused_and_the_server_lives_on() {
    let instance = Instance::start();
    let way = instance.server.way("submission");
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let taken = size(&instance).await;
    for garbage in [
        vec![0xff; 3],
        b"not a message".to_vec(),
        vec![0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
    ] {
        let status = call(&way, SUBMIT, submitter.says(garbage))
            .await
            .expect_err("no message");
        assert!(
            matches!(status.code(), Code::Internal | Code::InvalidArgument),
            "{status:?}"
        );
    }
    let status = call(&way, SUBMIT, submitter.says(vec![0x0a; 6 * MIB]))
        .await
        .expect_err("too large");
    assert!(
        matches!(status.code(), Code::OutOfRange | Code::ResourceExhausted),
        "{status:?}"
    );

    // A file of more than 10 MiB, and one for an idea that is not there.
    let mut submission = instance.submission();
    let idea = instance.submitted_idea().await;
    let with = size(&instance).await;
    assert!(with > taken);
    let file = |idea: &str, bytes: usize| {
        use sub::attach_file_request::Part;
        let head = sub::AttachFileHeader {
            command: submitter.command(),
            idea: idea.to_owned(),
            attachment: Uuid::new_v4().to_string(),
            name: "stor.txt".into(),
            media_type: "text/plain".into(),
        };
        let mut parts = vec![Part::About(head)];
        parts.extend(
            vec![b'x'; bytes]
                .chunks(60_000)
                .map(|chunk| Part::Chunk(chunk.to_vec())),
        );
        parts.push(Part::End(sub::AttachFileEnd { bytes: bytes as u64 }));
        tokio_stream::iter(
            parts
                .into_iter()
                .map(|part| sub::AttachFileRequest { part: Some(part) }),
        )
    };
    let answer = submission.attach_file(submitter.says(file(&idea, 10 * MIB + 1))).await;
    refused(answer, Code::InvalidArgument, "10");
    let answer = submission
        .attach_file(submitter.says(file(&Uuid::new_v4().to_string(), 10)))
        .await;
    refused(answer, Code::NotFound, "");
    let answer = submission.attach_file(submitter.says(file(&idea, 0))).await;
    refused(answer, Code::InvalidArgument, "");
    assert_eq!(size(&instance).await, with);
    submission
        .attach_file(submitter.says(file(&idea, 10 * MIB)))
        .await
        .expect("exactly as much as may be");
}
