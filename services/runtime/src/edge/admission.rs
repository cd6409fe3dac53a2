//! How many connections a listener has, in all and from one address. When there are too many, the one goes that has kept us waiting for the
//! longest; so whoever opens many and says nothing is in nobody's way.

use super::pulse::{Pulse, Stage};
use crate::Networks;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

/// The connections of one listener. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Admission(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    most: usize,
    most_a_peer: usize,
    /// Who speaks for many, beside this machine.
    proxies: Networks,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    connections: BTreeMap<u64, Connection>,
}

#[derive(Debug)]
struct Connection {
    peer: IpAddr,
    pulse: Arc<Pulse>,
    gives_way: CancellationToken,
}

/// Whom a share is of: everybody at one address, and of this machine and of proxies each connection, since a proxy speaks for many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Party {
    peer: IpAddr,
    connection: Option<u64>,
}

/// A connection's place; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    admission: Admission,
    number: u64,
    /// What the connection is about.
    pub(crate) pulse: Arc<Pulse>,
    /// Whose share it counts to.
    pub(crate) party: Party,
    /// Cancelled when another needs the place.
    pub(crate) gives_way: CancellationToken,
}

/// Who counts as one: an address, or in IPv6 the network that one customer has.
pub fn one_peer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX))),
        four => four,
    }
}

impl Admission {
    /// A listener that has at most so many connections, and so many from one address. What comes from this machine is not counted by
    /// address: a proxy speaks for everybody.
    pub(crate) fn new(most: usize, most_a_peer: usize) -> Self {
        Self::behind(Networks::default(), most, most_a_peer)
    }

    /// The same behind proxies elsewhere.
    pub(crate) fn behind(proxies: Networks, most: usize, most_a_peer: usize) -> Self {
        super::raise_open_files();
        Self(Arc::new(Inner {
            most,
            most_a_peer,
            proxies,
            open: Mutex::default(),
        }))
    }

    /// Gives a connection a place; None: there are too many, and all of them are being answered.
    pub(crate) fn admit(&self, address: IpAddr) -> Option<Admitted> {
        let peer = one_peer(address);
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_peer = |connection: &Connection| connection.peer == peer;
        let theirs = open
            .connections
            .values()
            .filter(|connection| of_peer(connection))
            .count();
        let is_for_many = peer.is_loopback() || self.0.proxies.contains(address);
        if theirs >= self.0.most_a_peer && !is_for_many {
            give_way(&mut open, of_peer)?;
        } else if open.connections.len() >= self.0.most {
            give_way(&mut open, |_| true)?;
        }
        let number = open.next;
        open.next += 1;
        let (pulse, gives_way) = (Arc::new(Pulse::new()), CancellationToken::new());
        let connection = Connection {
            peer,
            pulse: pulse.clone(),
            gives_way: gives_way.clone(),
        };
        open.connections.insert(number, connection);
        drop(open);
        Some(Admitted {
            admission: self.clone(),
            number,
            pulse,
            party: Party {
                peer,
                connection: is_for_many.then_some(number),
            },
            gives_way,
        })
    }
}

/// Takes the place of whoever has kept us waiting for the longest; None: nobody does.
fn give_way(open: &mut Open, among: impl Fn(&Connection) -> bool) -> Option<()> {
    let waiting = open.connections.iter().filter(|(_, connection)| among(connection));
    let waiting = waiting.map(|(number, connection)| (*number, connection.pulse.now()));
    let (number, _) = waiting
        .filter(|(_, (stage, _))| *stage != Stage::Busy)
        .min_by_key(|(_, (_, since))| *since)?;
    open.connections.remove(&number)?.gives_way.cancel();
    Some(())
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let open = &self.admission.0.open;
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        open.connections.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> IpAddr {
        address.parse().expect("an address")
    }

    #[test]
    fn whoever_fills_every_place_and_says_nothing_makes_room_for_others() {
        let admission = Admission::new(3, 3);
        let silent: Vec<_> = (0..3)
            .map(|_| admission.admit(from("192.0.2.1")).expect("a place"))
            .collect();
        let other = admission.admit(from("198.51.100.1")).expect("a place");
        assert!(silent[0].gives_way.is_cancelled(), "the oldest goes");
        assert!(!silent[1].gives_way.is_cancelled());
        other.pulse.begins();
        silent[1].pulse.begins();
        silent[2].pulse.begins();
        assert!(
            admission.admit(from("198.51.100.2")).is_none(),
            "whoever is answered stays"
        );
        silent[2].pulse.waits_for_body();
        assert!(
            admission.admit(from("198.51.100.2")).is_some(),
            "whoever keeps us waiting for the rest of a request gives way"
        );
        assert!(silent[2].gives_way.is_cancelled() && !silent[1].gives_way.is_cancelled());
        drop(other);
        assert!(admission.admit(from("198.51.100.2")).is_some());
    }

    #[test]
    fn one_address_takes_only_its_share() {
        let admission = Admission::new(100, 2);
        let first = admission.admit(from("2001:db8::1")).expect("a place");
        let second = admission.admit(from("2001:db8::2")).expect("a place");
        second.pulse.begins();
        let third = admission.admit(from("2001:db8::3")).expect("a place");
        assert!(first.gives_way.is_cancelled(), "one network is one peer");
        third.pulse.begins();
        assert!(admission.admit(from("2001:db8::4")).is_none());
        assert!(
            admission.admit(from("2001:db8:1::1")).is_some(),
            "another network has its own"
        );
        let proxy: Vec<_> = (0..5).map(|_| admission.admit(from("127.0.0.1"))).collect();
        assert!(proxy.iter().flatten().all(|place| !place.gives_way.is_cancelled()));
    }

    #[test]
    fn a_proxy_elsewhere_speaks_for_many_too() {
        let proxies = Networks::read(&["198.51.100.0/24".to_owned()]).expect("a network");
        let admission = Admission::behind(proxies, 100, 2);
        let proxy: Vec<_> = (0..5).map(|_| admission.admit(from("198.51.100.1"))).collect();
        assert!(proxy.iter().flatten().all(|place| !place.gives_way.is_cancelled()));
        let others: Vec<_> = (0..3).map(|_| admission.admit(from("192.0.2.1"))).collect();
        assert!(others[0].as_ref().is_some_and(|place| place.gives_way.is_cancelled()));
    }
}
