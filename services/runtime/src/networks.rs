//! Sets of addresses, as people write them: single ones and networks.

use ipnet::IpNet;
use std::net::IpAddr;

/// Addresses of the internet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

/// Why something names no address and no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoNetwork {
    /// It is neither.
    #[error("{0:?} is no address: write one such as 192.0.2.7 or 2001:db8::7, or a network such as 192.0.2.0/24")]
    Form(String),
    /// It is all of them.
    #[error("{0} is everybody's address: name those that are meant")]
    Everybody(IpNet),
}

impl Networks {
    /// Reads addresses and networks. Errors: one of them is neither, or everybody.
    pub fn read(written: &[String]) -> Result<Self, NoNetwork> {
        let read = |text: &String| {
            let text = text.trim();
            let one = text
                .parse::<IpAddr>()
                .map(|address| IpNet::from(address.to_canonical()));
            let network = one.or_else(|_| text.parse::<IpNet>());
            match network.map_err(|_| NoNetwork::Form(text.to_owned()))? {
                everybody if everybody.prefix_len() == 0 => Err(NoNetwork::Everybody(everybody)),
                network => Ok(network),
            }
        };
        Ok(Self(written.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address is one of them; one of IPv4 is the same where it is written as one of IPv6.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &[&str]) -> Result<Networks, NoNetwork> {
        let written: Vec<String> = written.iter().map(|text| (*text).to_owned()).collect();
        Networks::read(&written)
    }

    #[test]
    fn addresses_and_networks_hold_what_lies_in_them() {
        let networks = read(&["192.0.2.7", " 10.1.0.0/16", "2001:db8::/32", "::ffff:198.51.100.1"]).expect("networks");
        for (address, is_in) in [
            ("192.0.2.7", true),
            ("::ffff:192.0.2.7", true),
            ("192.0.2.8", false),
            ("10.1.255.1", true),
            ("10.2.0.1", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
            ("198.51.100.1", true),
            ("127.0.0.1", false),
        ] {
            assert_eq!(
                networks.contains(address.parse().expect("an address")),
                is_in,
                "{address}"
            );
        }
        assert!(read(&[]).expect("none").is_empty());
    }

    #[test]
    fn what_is_no_network_or_everybody_is_refused() {
        for wrong in ["", "proxy.example", "192.0.2.0/33", "192.0.2.1:80", "*"] {
            assert_eq!(read(&[wrong]), Err(NoNetwork::Form(wrong.to_owned())));
        }
        for everybody in ["0.0.0.0/0", "::/0"] {
            let said = read(&["192.0.2.7", everybody]).expect_err("refused").to_string();
            assert!(said.contains(everybody), "{said}");
        }
    }
}
