use crate::{Rule, rpcs};
use idesluss_domain::words::Role::Auditor;

pub(crate) const QUERIES: &[Rule] = rpcs! { "audit.v1.AuditService" {
    GetInstanceState => read [&[Auditor], Any => All];
    ListChanges => read [&[Auditor], OwnOrganisation => All];
}};
