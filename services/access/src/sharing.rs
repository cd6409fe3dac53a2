use crate::{PEOPLE, Rule, rpcs};
use Role::{Adopter, Assessor, Auditor, Coordinator, DecisionMaker, NeedOwner, Registrar, Steward, Submitter};
use idesluss_domain::sharing::adoption::rights as adoption;
use idesluss_domain::sharing::solution::rights as solution;
use idesluss_domain::words::Role;

/// Who looks after solutions, drafts among them.
const KEEPS: &[Role] = &[Steward, Coordinator, Auditor];

/// Who reads what is shared.
const READERS: &[Role] = &[Submitter, Assessor, NeedOwner, DecisionMaker, Registrar, Adopter];

/// Who sees what their organisation takes into use.
const ADOPTS: &[Role] = &[
    Adopter,
    Coordinator,
    Steward,
    DecisionMaker,
    NeedOwner,
    Registrar,
    Auditor,
];

pub(crate) const COMMANDS: &[Rule] = rpcs! { "sharing.v1.SharingCommandService" {
    PublishSolution => act [solution::PUBLISH];
    VersionSolution => act [solution::VERSION];
    RetireSolution => act [solution::RETIRE];
    RegisterInterest => act [adoption::REGISTER_INTEREST];
    DecideAdoption => person [adoption::DECIDE];
    StartAdoption => act [adoption::START];
    PostponeAdoption => act [adoption::POSTPONE];
    CompleteAdoption => act [adoption::COMPLETE];
    RecordBaseline => act [adoption::RECORD_BASELINE];
    MeasureBenefit => act [adoption::MEASURE_BENEFIT];
    DiscontinueAdoption => act [adoption::DISCONTINUE];
    ShareExperience => act [adoption::SHARE_EXPERIENCE];
}};

pub(crate) const QUERIES: &[Rule] = rpcs! { "sharing.v1.SharingQueryService" {
    ListSolutions => read [KEEPS, Offered => All; READERS, Offered => Published];
    GetSolution => read [PEOPLE, Offered => All];
    ListAdoptions => read [ADOPTS, OwnOrganisation => All];
    GetAdoption => read [ADOPTS, OwnOrganisation => All];
    ListBenefits => read [PEOPLE, Offered => All];
    GetHistory => read [&[Coordinator, Registrar, Auditor], OwnOrganisation => All];
}};
