use crate::{PEOPLE, Rule, rpcs};
use Role::{Administrator, LinkHolder, Operator};
use idesluss_domain::identity::account::UNLINK_ACCOUNT;
use idesluss_domain::identity::grant::{GRANT_ROLE, NAME_ADMINISTRATOR, REVOKE_ROLE};
use idesluss_domain::identity::mapping::{ADOPT_MAPPING, WITHDRAW_MAPPING};
use idesluss_domain::identity::organisations::{
    ADOPT_CODES, ADOPT_TERMS, ALLOW_PRIVATE_LINKS, CHANGE_LOOK, CHANGE_ORGANISATION, CONFIRM_ROLES,
    REGISTER_ORGANISATION, STOP_PRIVATE_LINKS,
};
use idesluss_domain::identity::person::{
    CHANGE_PERSON, DISABLE_PERSON, ENABLE_PERSON, INVITE_PERSON, MAKE_SIGN_IN_CODE, REGISTER_PERSON, RESET_SIGN_IN,
};
use idesluss_domain::identity::private_link::{CLAIM_LINK, RENEW_LINK, REVOKE_LINK};
use idesluss_domain::identity::program::{
    ADD_PROGRAM_CREDENTIAL, CHANGE_PROGRAM_SCOPES, DISABLE_PROGRAM, ENABLE_PROGRAM, REGISTER_PROGRAM,
    REVOKE_PROGRAM_CREDENTIAL,
};
use idesluss_domain::identity::signing_key::ANNOUNCE_KEY;
use idesluss_domain::words::Role;

pub(crate) const COMMANDS: &[Rule] = rpcs! { "identity.v1.IdentityCommandService" {
    RegisterOrganisation => act [REGISTER_ORGANISATION];
    ChangeOrganisation => act [CHANGE_ORGANISATION];
    AdoptCodes => act [ADOPT_CODES];
    AdoptTerms => act [ADOPT_TERMS];
    ChangeLook => act [CHANGE_LOOK];
    AllowPrivateLinks => act [ALLOW_PRIVATE_LINKS];
    StopPrivateLinks => act [STOP_PRIVATE_LINKS];
    RenewLink => act [RENEW_LINK];
    RevokeLink => act [REVOKE_LINK];
    ClaimLink => act [CLAIM_LINK];
    ConfirmRoles => act [CONFIRM_ROLES];
    RegisterPerson => act [REGISTER_PERSON];
    ChangePerson => act [CHANGE_PERSON];
    GrantRole => act [GRANT_ROLE];
    RevokeRole => act [REVOKE_ROLE];
    AdoptMapping => act [ADOPT_MAPPING];
    WithdrawMapping => act [WITHDRAW_MAPPING];
    DisablePerson => act [DISABLE_PERSON];
    EnablePerson => act [ENABLE_PERSON];
    UnlinkAccounts => act [UNLINK_ACCOUNT];
    MakeSignInCode => act [MAKE_SIGN_IN_CODE];
    InvitePerson => act [INVITE_PERSON];
    ResetSignIn => act [RESET_SIGN_IN];
    RegisterProgram => act [REGISTER_PROGRAM];
    ChangeProgramScopes => act [CHANGE_PROGRAM_SCOPES];
    AddProgramSecret => act [ADD_PROGRAM_CREDENTIAL];
    AddProgramKey => act [ADD_PROGRAM_CREDENTIAL];
    RevokeProgramCredential => act [REVOKE_PROGRAM_CREDENTIAL];
    DisableProgram => act [DISABLE_PROGRAM];
    EnableProgram => act [ENABLE_PROGRAM];
    NameAdministrator => act [NAME_ADMINISTRATOR];
    RotateSigningKey => act [ANNOUNCE_KEY];
}};

pub(crate) const QUERIES: &[Rule] = rpcs! { "identity.v1.IdentityQueryService" {
    // What organisations there are is no secret, and whoever runs the machines must know.
    ListOrganisations => read [PEOPLE, Any => All; &[Administrator, Operator], Any => All];
    // What ideas are taken in under stands open, also where an idea was handed on.
    GetTerms => read [PEOPLE, Any => All; &[Administrator, LinkHolder], Any => All];
    ListPeople => read [&[Administrator], OwnOrganisation => All];
    GetPerson => read [&[Administrator], OwnOrganisation => All];
    GetMapping => read [&[Administrator], OwnOrganisation => All];
    PreviewMapping => read [&[Administrator], OwnOrganisation => All];
    ListPrograms => read [&[Administrator], OwnOrganisation => All];
    GetProgram => read [&[Administrator], OwnOrganisation => All];
    ReadDirectory => gateway ();
    GetNames => read [PEOPLE, Any => All; &[Administrator], Any => All];
}};

pub(crate) const SESSION_COMMANDS: &[Rule] = rpcs! { "identity.v1.SessionCommandService" {
    FinishSignIn => gateway ();
    UseSignInCode => gateway ();
    SignInLocally => gateway ();
    AcceptInvitation => gateway ();
    ChangeSignInMeans => gateway ();
    BeginProgramSession => gateway ();
    BeginSession => gateway ();
    KeepSession => gateway ();
    EndSession => gateway ();
    EndOtherSessions => gateway ();
    KeepForm => gateway ();
    TakeForm => gateway ();
    MakeLink => gateway ();
    OpenLink => gateway ();
    ConfirmLink => services ();
    EndSessionsOfProvider => gateway ();
}};

pub(crate) const SESSION_QUERIES: &[Rule] = rpcs! { "identity.v1.SessionQueryService" {
    ListProviders => gateway ();
    BeginSignIn => gateway ();
    BeginPasskey => gateway ();
    GetInvitation => gateway ();
    GetSignInMeans => gateway ();
    BeginOneTimeCodes => gateway ();
    BeginLink => gateway ();
    GetSession => gateway ();
    GetProgramSession => gateway ();
    ListSessions => gateway ();
}};
