//! Accounts of here: signing in, choosing by a link, and changing what one signs in with.

use super::{Answer, Answered, Identity};
use crate::local::{Browser, Came, Change, Changed, Chosen};
use idesluss_domain::identity::People;
use idesluss_domain::identity::person::PersonAction;
use idesluss_domain::words::Timestamp;
use idesluss_engine::{MemberCall, PendingCommand};
use idesluss_proto::Problem;
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::MeansChange;
use idesluss_proto::pb::identity::change_sign_in_means_request::Change as Wanted;
use idesluss_proto::pb::identity::sign_in_locally_request::Proof;
use idesluss_proto::requests::identity::{InvitePerson, ResetSignIn};
use idesluss_proto::status::invalid_field;

pub(super) async fn invite(
    identity: Identity,
    pending: PendingCommand,
    command: InvitePerson,
) -> Answer<pb::InvitePersonRequest> {
    let InvitePerson { person, hash } = command;
    let local = identity.local.standing(person).await?;
    identity.local.reserve_name(person).await?;
    let token = pending.carry_out::<People>(person, PersonAction::Invite(local)).await?;
    identity.local.invite(hash.0, person).await?;
    Ok(token.into())
}

pub(super) async fn reset(
    identity: Identity,
    pending: PendingCommand,
    command: ResetSignIn,
) -> Answer<pb::ResetSignInRequest> {
    let ResetSignIn { person, hash } = command;
    let local = identity.local.standing(person).await?;
    let token = pending
        .carry_out::<People>(person, PersonAction::ResetSignIn(local))
        .await?;
    let ended = identity.local.reset(hash.0, person).await?;
    Ok(ended.unwrap_or(token).into())
}

fn browser(arrival: Option<pb::Arrival>) -> Browser {
    let pb::Arrival {
        browser,
        known,
        replaces,
        next,
    } = arrival.unwrap_or_default();
    Browser {
        words: browser,
        known,
        replaces,
        next,
    }
}

impl Identity {
    async fn came(&self, came: Came, noted: Option<Token>) -> Answered<pb::FinishSignInResponse> {
        match came {
            Came::Halfway(kept) => Ok(pb::FinishSignInResponse {
                kept,
                ..pb::FinishSignInResponse::default()
            }),
            Came::In(mut arrived, known) => {
                arrived.changed = arrived.changed.or(noted);
                Ok(pb::FinishSignInResponse {
                    known,
                    ..self.arrived(arrived).await?
                })
            }
        }
    }
}

pub(super) async fn sign_in(
    identity: Identity,
    call: MemberCall<pb::SignInLocallyRequest>,
) -> Answer<pb::SignInLocallyRequest> {
    let pb::SignInLocallyRequest { arrival, proof } = call.request;
    let (local, browser) = (&identity.local, browser(arrival));
    let came = match proof.ok_or_else(|| invalid_field("proof", Problem::Missing))? {
        Proof::Password(proof) => local.by_password(&browser, &proof.address, &proof.password).await?,
        Proof::Code(proof) => local.by_code(&browser, &proof.kept, &proof.code).await?,
        Proof::Passkey(proof) => local.by_passkey(&browser, &proof.kept, &proof.answer).await?,
    };
    identity.came(came, None).await
}

pub(super) async fn accept(
    identity: Identity,
    call: MemberCall<pb::AcceptInvitationRequest>,
) -> Answer<pb::AcceptInvitationRequest> {
    let pb::AcceptInvitationRequest { link, arrival, chosen } = call.request;
    let chosen = match chosen
        .as_ref()
        .ok_or_else(|| invalid_field("chosen", Problem::Missing))?
    {
        pb::accept_invitation_request::Chosen::Password(password) => Chosen::Password(password),
        pb::accept_invitation_request::Chosen::Passkey(proof) => Chosen::Passkey {
            kept: &proof.kept,
            answer: &proof.answer,
            name: name(proof, arrival.as_ref()),
        },
    };
    let accepted = identity.local.accept(&browser(arrival.clone()), &link, chosen).await?;
    let (came, noted) = accepted;
    identity.came(came, Some(noted)).await
}

/// What a new passkey is called: as its owner says, or after the browser.
fn name<'a>(proof: &'a pb::PasskeyProof, arrival: Option<&'a pb::Arrival>) -> &'a str {
    match proof.name.trim() {
        "" => arrival.map(|arrival| arrival.browser.as_str()).unwrap_or_default(),
        name => name,
    }
}

pub(super) async fn change(
    identity: Identity,
    call: MemberCall<pb::ChangeSignInMeansRequest>,
) -> Answer<pb::ChangeSignInMeansRequest> {
    let pb::ChangeSignInMeansRequest { secret, change } = call.request;
    let missing = || invalid_field("change", Problem::Missing);
    let change = match change.as_ref().ok_or_else(missing)? {
        Wanted::Password(change) => Change::Password {
            current: &change.current,
            password: &change.password,
        },
        Wanted::AddPasskey(proof) => Change::AddPasskey {
            kept: &proof.kept,
            answer: &proof.answer,
            name: name(proof, None),
        },
        Wanted::RemovePasskey(passkey) => {
            let id = passkey.parse();
            Change::RemovePasskey(id.map_err(|_| invalid_field("remove_passkey", Problem::NotAnId))?)
        }
        Wanted::AddOneTimeCodes(proof) => Change::AddOneTimeCodes {
            kept: &proof.kept,
            code: &proof.code,
        },
        Wanted::RenewRecoveryCodes(made) => {
            let made = made.parse();
            Change::RenewRecoveryCodes(made.map_err(|_| invalid_field("renew_recovery_codes", Problem::NotAMoment))?)
        }
        Wanted::Simply(simply) => match MeansChange::try_from(*simply) {
            Ok(MeansChange::RemovePassword) => Change::RemovePassword,
            Ok(MeansChange::RemoveOneTimeCodes) => Change::RemoveOneTimeCodes,
            Ok(MeansChange::Unspecified) | Err(_) => return Err(missing()),
        },
    };
    let Changed { token, recovery_codes } = identity.local.change(&secret, change).await?;
    Ok(pb::ChangeSignInMeansResponse { token, recovery_codes })
}

pub(super) async fn begin_passkey(
    identity: Identity,
    call: MemberCall<pb::BeginPasskeyRequest>,
) -> Answer<pb::BeginPasskeyRequest> {
    let pb::BeginPasskeyRequest { origin, secret, link } = call.request;
    let local = &identity.local;
    let question = match (secret.is_empty(), link.is_empty()) {
        (false, _) => local.ask_signed_in(&origin, &secret).await?,
        (true, false) => local.ask_invited(&origin, &link).await?,
        (true, true) => local.ask_passkey(&origin)?,
    };
    Ok(pb::BeginPasskeyResponse {
        options: question.options,
        kept: question.kept,
    })
}

pub(super) async fn invitation(
    identity: Identity,
    call: MemberCall<pb::GetInvitationRequest>,
) -> Answer<pb::GetInvitationRequest> {
    let known = identity.local.look_at(&call.request.link).await?;
    Ok(pb::GetInvitationResponse {
        name: known.name,
        address: known.address,
    })
}

pub(super) async fn means(
    identity: Identity,
    call: MemberCall<pb::GetSignInMeansRequest>,
) -> Answer<pb::GetSignInMeansRequest> {
    let offered = identity.local.means(&call.request.secret).await?;
    let answer = pb::GetSignInMeansResponse {
        is_fresh: offered.is_fresh,
        address: offered.address,
        came_by_code: offered.came_by_code,
        may_have_account: offered.may_have_account,
        ..pb::GetSignInMeansResponse::default()
    };
    let Some(account) = offered.account else {
        return Ok(answer);
    };
    let moment = |micros| {
        Timestamp::from_micros(micros)
            .map(|at| at.to_string())
            .unwrap_or_default()
    };
    let passkeys = account.passkeys.iter().map(|own| pb::Passkey {
        passkey: own.id().to_string(),
        name: own.name.clone(),
        added: moment(own.added),
    });
    let has_one_time_codes = account.one_time_codes.is_some();
    Ok(pb::GetSignInMeansResponse {
        is_local: true,
        passkeys: passkeys.collect(),
        has_password: account.password.is_some(),
        has_one_time_codes,
        recovery_codes: u32::try_from(account.recovery_codes.len()).unwrap_or_default(),
        recovery_codes_made: match has_one_time_codes {
            true => moment(account.recovery_codes_made),
            false => String::new(),
        },
        ..answer
    })
}

pub(super) async fn begin_codes(
    identity: Identity,
    call: MemberCall<pb::BeginOneTimeCodesRequest>,
) -> Answer<pb::BeginOneTimeCodesRequest> {
    let codes = identity
        .local
        .new_codes(&call.request.secret, &call.request.kept)
        .await?;
    Ok(pb::BeginOneTimeCodesResponse {
        address: codes.address,
        setup_key: codes.setup_key,
        kept: codes.kept,
    })
}
