use ct_merkle::mem_backed_tree::MemoryBackedTree;
use idesluss_proof::tree::{
    AtHand, CompactRange, Hash, Missing, TILE_WIDTH, TileReader, TreeError, UnderRoot, consistency, inclusion,
    leaf_hash, node_hash, parted, peaks, root, root_of, tile_width, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Full tiles as a store keeps them, with the edge for the rest.
#[derive(Default)]
struct Shelf {
    full: BTreeMap<(u8, u64), Vec<Hash>>,
    compact_range: CompactRange,
}

impl Shelf {
    fn of(entries: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut shelf = Self::default();
        for entry in entries {
            shelf.push(&entry);
        }
        shelf
    }

    fn push(&mut self, entry: &[u8]) {
        let full = &mut self.full;
        self.compact_range
            .push(leaf_hash(entry), |tile| {
                let before = full.insert((tile.level, tile.number), tile.hashes.to_vec());
                assert!(before.is_none(), "a full tile is shown once");
                Ok::<(), TreeError>(())
            })
            .expect("the shelf takes every tile");
    }
}

impl TileReader for Shelf {
    type Error = TreeError;

    fn tile(&self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, TreeError> {
        let hashes = self
            .full
            .get(&(level, number))
            .map_or(self.compact_range.partial(level), Vec::as_slice);
        let found = hashes.len();
        let short = TreeError::ShortTile {
            level,
            number,
            found,
            wanted: width,
        };
        hashes.get(..width).map(<[Hash]>::to_vec).ok_or(short)
    }
}

fn entry(number: u64) -> Vec<u8> {
    format!("{{\"position\":{number}}}").into_bytes()
}

fn hex(hash: Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn roots_are_those_that_the_field_knows() {
    let leaves: [&[u8]; 8] = [
        b"",
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[
            0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f,
        ],
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut shelf = Shelf::default();
    assert_eq!(hex(shelf.compact_range.root()), roots[0]);
    for (leaf, expected) in leaves.iter().zip(&roots[1..]) {
        shelf.push(leaf);
        assert_eq!(hex(shelf.compact_range.root()), *expected);
        assert_eq!(
            root(&shelf, shelf.compact_range.size()).map(hex).as_deref(),
            Ok(*expected)
        );
    }
}

#[test]
fn roots_and_proofs_are_those_of_ct_merkle_past_several_tiles() {
    let mut theirs = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    let mut ours = Shelf::default();
    for number in 0..1_100 {
        theirs.push(entry(number));
        ours.push(&entry(number));
        assert_eq!(
            ours.compact_range.root()[..],
            theirs.root().as_bytes()[..],
            "after {number}"
        );
    }
    for index in (0..1_100).step_by(7).chain([255, 256, 511, 512, 1_023, 1_024, 1_099]) {
        let path = inclusion(&ours, index, 1_100).expect("it is in");
        assert_eq!(
            path.concat(),
            theirs.prove_inclusion(index as usize).as_bytes(),
            "of {index}"
        );
    }
    for older in (1..1_100).step_by(13).chain([256, 512, 1_024]) {
        let path = consistency(&ours, older, 1_100).expect("it extends");
        assert_eq!(
            path.concat(),
            theirs.prove_consistency((1_100 - older) as usize).as_bytes(),
            "of {older}"
        );
    }
}

/// All hashes in the order of tlog_tiles' stored indexes.
struct Stored(Vec<tlog_tiles::Hash>);

impl tlog_tiles::HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

#[test]
fn proofs_are_accepted_by_tlog_tiles_and_theirs_by_us() {
    let size = 777;
    let mut theirs = Stored(Vec::new());
    for number in 0..size {
        let hashes = tlog_tiles::stored_hashes(number, &entry(number), &theirs).expect("hashes");
        theirs.0.extend(hashes);
    }
    let ours = Shelf::of((0..size).map(entry));
    let whole = ours.compact_range.root();
    assert_eq!(tlog_tiles::tree_hash(size, &theirs).expect("a root").0, whole);
    let to_theirs = |path: Vec<Hash>| path.into_iter().map(tlog_tiles::Hash).collect::<Vec<_>>();
    for index in [0, 1, 255, 256, 500, 767, 768, 776] {
        let leaf = leaf_hash(&entry(index));
        let path = to_theirs(inclusion(&ours, index, size).expect("it is in"));
        tlog_tiles::check_record(&path, size, tlog_tiles::Hash(whole), index, tlog_tiles::Hash(leaf)).expect("proved");
        let path: Vec<Hash> = tlog_tiles::prove_record(size, index, &theirs)
            .expect("a proof")
            .iter()
            .map(|hash| hash.0)
            .collect();
        assert_eq!(verify_inclusion(&leaf, index, size, &path, &whole), Ok(()));
    }
    for older in [1, 2, 255, 256, 257, 512, 700, 776] {
        let before = root(&ours, older).expect("a root");
        let path = to_theirs(consistency(&ours, older, size).expect("it extends"));
        let (whole, before) = (tlog_tiles::Hash(whole), tlog_tiles::Hash(before));
        tlog_tiles::check_tree(&path, size, whole, older, before).expect("proved");
    }
}

#[test]
fn a_resumed_edge_goes_on_as_if_it_had_never_stopped() {
    for size in [0, 1, 255, 256, 257, 600, 65_535, 65_536, 65_537, 70_000] {
        let mut shelf = Shelf::of((0..size).map(entry));
        let resumed = CompactRange::resume(&shelf, size).expect("its tiles are there");
        assert_eq!(resumed, shelf.compact_range, "at {size}");
        shelf.compact_range = resumed;
        shelf.push(b"one more");
        assert_eq!(root(&shelf, size + 1), Ok(shelf.compact_range.root()), "at {size}");
    }
}

#[test]
fn what_lies_beyond_the_tree_is_refused() {
    let shelf = Shelf::of((0..5).map(entry));
    assert_eq!(inclusion(&shelf, 5, 5), Err(TreeError::Beyond { asked: 5, size: 5 }));
    assert_eq!(consistency(&shelf, 6, 5), Err(TreeError::Beyond { asked: 6, size: 5 }));
    assert_eq!(
        (tile_width(600, 0, 2), tile_width(600, 1, 0), tile_width(600, 9, 0)),
        (88, 2, 0)
    );
    assert_eq!(TILE_WIDTH, 256);
}

proptest! {
    #[test]
    fn every_entry_is_proved_in_and_nothing_else_is(size in 1u64..700, at in any::<u64>(), flip in any::<u64>()) {
        let shelf = Shelf::of((0..size).map(entry));
        let (index, whole) = (at % size, shelf.compact_range.root());
        let leaf = leaf_hash(&entry(index));
        let path = inclusion(&shelf, index, size).expect("it is in");
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &path, &whole), Ok(()));
        prop_assert!(verify_inclusion(&leaf_hash(b"other"), index, size, &path, &whole).is_err());
        prop_assert!(verify_inclusion(&leaf, (index + 1) % (size + 1), size, &path, &whole).is_err());
        let mut longer = path.clone();
        longer.push(whole);
        prop_assert!(verify_inclusion(&leaf, index, size, &longer, &whole).is_err());
        if !path.is_empty() {
            let mut changed = path.clone();
            let which = (flip / 256) as usize % path.len();
            changed[which][(flip / 8 % 32) as usize] ^= 1 << (flip % 8);
            prop_assert!(verify_inclusion(&leaf, index, size, &changed, &whole).is_err());
            prop_assert!(verify_inclusion(&leaf, index, size, &path[1..], &whole).is_err());
        }
    }

    #[test]
    fn every_later_tree_is_proved_to_extend_an_earlier_one(size in 1u64..700, at in any::<u64>(), flip in any::<u64>()) {
        let shelf = Shelf::of((0..size).map(entry));
        let (older, whole) = (at % (size + 1), shelf.compact_range.root());
        let before = root(&shelf, older).expect("a root");
        let path = consistency(&shelf, older, size).expect("it extends");
        prop_assert_eq!(verify_consistency(older, &before, size, &whole, &path), Ok(()));
        let other = node_hash(&before, &whole);
        prop_assert!(verify_consistency(older, &other, size, &whole, &path).is_err());
        if older > 0 && older < size {
            prop_assert!(verify_consistency(older, &before, size, &other, &path).is_err());
            let mut changed = path.clone();
            let which = (flip / 256) as usize % path.len();
            changed[which][(flip / 8 % 32) as usize] ^= 1 << (flip % 8);
            prop_assert!(verify_consistency(older, &before, size, &whole, &changed).is_err());
        }
    }
}

#[test]
fn the_peaks_of_every_earlier_tree_are_read_from_tiles() {
    let entries = (0..70_000u32).map(|number| number.to_be_bytes().to_vec());
    let shelf = Shelf::of(entries);
    for size in [0, 1, 2, 3, 255, 256, 257, 1_000, 65_535, 65_536, 65_537, 70_000u64] {
        let found = peaks(&shelf, size).expect("peaks");
        assert_eq!(found.len(), size.count_ones() as usize);
        assert_eq!(root_of(&found), root(&shelf, size).expect("a root"), "{size}");
    }
}

/// Asks until it is answered, with the tiles of `shelf` over `size` entries; each is asked for once.
fn ask<T>(shelf: &Shelf, size: u64, question: impl Fn(&AtHand) -> Result<T, Missing>) -> (T, usize) {
    let (mut tiles, mut asked) = (AtHand::default(), Vec::new());
    loop {
        match question(&tiles) {
            Ok(answer) => return (answer, asked.len()),
            Err(Missing::Tile { level, number }) => {
                assert!(!asked.contains(&(level, number)), "{level}/{number} is there already");
                asked.push((level, number));
                let tile = shelf
                    .tile(level, number, tile_width(size, level, number))
                    .expect("it is on the shelf");
                tiles.put(level, number, tile);
            }
            Err(Missing::Tree(error)) => panic!("{error}"),
        }
    }
}

#[test]
fn tiles_that_come_one_by_one_answer_as_the_whole_tree_does() {
    let (earlier, size) = (300, 700);
    let shelf = Shelf::of((0..size).map(entry));
    let (found, asked) = ask(&shelf, size, |tiles| root(tiles, size));
    assert_eq!(found, root(&shelf, size).expect("a root"));
    assert_eq!(asked, 2, "one over the full tiles, and the one that is not full");
    let (found, _) = ask(&shelf, size, |tiles| consistency(tiles, earlier, size));
    assert_eq!(found, consistency(&shelf, earlier, size).expect("a proof"));
    let (found, _) = ask(&shelf, size, |tiles| inclusion(tiles, 511, size));
    assert_eq!(found, inclusion(&shelf, 511, size).expect("a proof"));
    // Tiles that have grown since answer for the smaller tree.
    let (found, _) = ask(&shelf, size, |tiles| root(tiles, 600));
    assert_eq!(found, root(&Shelf::of((0..600).map(entry)), 600).expect("a root"));
    assert_eq!(
        consistency(&AtHand::default(), size, size),
        Ok(vec![]),
        "nothing to show, nothing asked"
    );
    assert_eq!(consistency(&AtHand::default(), 0, size), Ok(vec![]));
    let beyond = inclusion(&AtHand::default(), size, size);
    assert!(
        matches!(beyond, Err(Missing::Tree(TreeError::Beyond { .. }))),
        "{beyond:?}"
    );
}

#[test]
fn the_first_subtree_that_differs_names_its_entries() {
    // 4 + 2 + 1 entries.
    let noted = [leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")];
    let other = leaf_hash(b"another");
    let with = |places: &[usize]| {
        let mut found = noted;
        for place in places {
            found[*place] = other;
        }
        found
    };
    for (places, range) in [
        (&[][..], None),
        (&[0][..], Some(0..4)),
        (&[1][..], Some(4..6)),
        (&[2][..], Some(6..7)),
        (&[1, 2][..], Some(4..6)),
    ] {
        assert_eq!(parted(7, &noted, &with(places)), range, "{places:?}");
    }
    assert_eq!(parted(0, &[], &[]), None);
}

#[test]
fn a_tile_that_is_too_short_is_named_with_what_it_should_hold() {
    let mut tiles = AtHand::default();
    tiles.put(0, 0, (0..5).map(|number| leaf_hash(&entry(number))).collect());
    let short = TreeError::ShortTile {
        level: 0,
        number: 0,
        found: 5,
        wanted: 6,
    };
    assert_eq!(peaks(&tiles, 6), Err(Missing::Tree(short)));
}

#[test]
fn a_tree_extends_its_own_beginnings_and_no_others_as_its_own_tiles_show() {
    let size = 256 * 256 + 300;
    let shelf = Shelf::of((0..size).map(entry));
    let top = root(&shelf, size).expect("a root");
    let mut tree = UnderRoot::new(size, top);
    for older in [0, 1, 255, 256, 257, 65_535, 65_536, 65_800, size] {
        let older_root = root(&shelf, older).expect("a root");
        assert_eq!(tree.extends(&shelf, older, &older_root), Ok(true), "{older}");
        let another = leaf_hash(b"another");
        assert_eq!(tree.extends(&shelf, older, &another), Ok(false), "{older}");
    }
    let beyond = TreeError::Beyond { asked: size + 1, size };
    assert_eq!(tree.extends(&shelf, size + 1, &top), Err(beyond));
    // Another tree's tiles say nothing of it, neither for nor against; nor does a single hash in the place of another.
    let others = Shelf::of((0..size).map(|number| entry(number + 1)));
    let first = root(&shelf, 300).expect("a root");
    let mut tree = UnderRoot::new(size, top);
    assert_eq!(tree.extends(&others, 300, &first), Err(TreeError::OtherRoot));
    for (level, number) in [(0, 1), (1, 0)] {
        let mut tree = UnderRoot::new(size, top);
        let mut tiles = AtHand::default();
        let told = loop {
            match tree.extends(&tiles, 300, &first) {
                Err(Missing::Tile { level: l, number: n }) => {
                    let mut hashes = shelf.tile(l, n, tile_width(size, l, n)).expect("a tile");
                    if (l, n) == (level, number) {
                        hashes[0] = leaf_hash(b"another");
                    }
                    tiles.put(l, n, hashes);
                }
                told => break told,
            }
        };
        assert_eq!(told, Err(Missing::Tree(TreeError::OtherRoot)), "{level} {number}");
    }
}

#[test]
fn what_a_beginning_is_made_of_is_held_against_the_tree_and_nothing_else_is_asked_for() {
    let size = 1_000;
    let shelf = Shelf::of((0..size).map(entry));
    let top = root(&shelf, size).expect("a root");
    let tile = |shelf: &Shelf, number| shelf.tile(0, number, tile_width(size, 0, number)).expect("a tile");
    let asked = |older: u64, older_root: &Hash, other: Option<&Shelf>| {
        let (mut tree, mut tiles, mut numbers) = (UnderRoot::new(size, top), AtHand::default(), Vec::new());
        loop {
            match tree.extends(&tiles, older, older_root) {
                Err(Missing::Tile { level: 0, number }) => {
                    let other = other.filter(|_| number == 2);
                    tiles.put(0, number, tile(other.unwrap_or(&shelf), number));
                    numbers.push(number);
                }
                Err(Missing::Tile { level, number }) => {
                    tiles.put(
                        level,
                        number,
                        shelf
                            .tile(level, number, tile_width(size, level, number))
                            .expect("a tile"),
                    );
                }
                told => break (told, numbers),
            }
        }
    };
    // One full tile: what stands behind it is no part of the beginning, but for the tree's own right edge.
    let first = root(&shelf, 256).expect("a root");
    assert_eq!(asked(256, &first, None), (Ok(true), vec![3]));
    // A log that goes on otherwise in its third tile, as whoever changed it shows that tile.
    let changed = Shelf::of((0..size).map(|number| entry(if number < 600 { number } else { number + 1 })));
    let claimed = root(&changed, 700).expect("a root");
    let (told, _) = asked(700, &claimed, Some(&changed));
    assert_eq!(told, Err(Missing::Tree(TreeError::OtherRoot)));
}

#[test]
fn what_tiles_say_of_an_entry_counts_once_they_have_led_to_the_root() {
    let size = 256 * 256 + 300;
    let shelf = Shelf::of((0..size).map(entry));
    let top = root(&shelf, size).expect("a root");
    let mut tree = UnderRoot::new(size, top);
    assert_eq!(tree.size(), size);
    // In full tiles of every level, and on the right edge.
    for index in [0, 255, 256, 65_535, 65_536, 65_792, size - 1] {
        assert_eq!(tree.leaf(&shelf, index), Ok(leaf_hash(&entry(index))), "{index}");
    }
    let beyond = TreeError::Beyond { asked: size, size };
    assert_eq!(tree.leaf(&shelf, size), Err(beyond));
    // Under another root nothing of it counts, nor a single hash that was put into the place of another, in whichever tile.
    let mut other = UnderRoot::new(size, leaf_hash(b"another"));
    for index in [0, size - 1] {
        assert_eq!(other.leaf(&shelf, index), Err(TreeError::OtherRoot), "{index}");
    }
    for (level, number, index) in [(0, 1, 300), (0, 257, size - 1), (1, 0, 300), (1, 1, 65_600)] {
        let mut tiles = AtHand::default();
        let mut tree = UnderRoot::new(size, top);
        let found = loop {
            match tree.leaf(&tiles, index) {
                Err(Missing::Tile { level: l, number: n }) => {
                    let width = tile_width(size, l, n);
                    let mut hashes = shelf.tile(l, n, width).expect("a tile");
                    if (l, n) == (level, number) {
                        hashes[0] = leaf_hash(b"another");
                    }
                    tiles.put(l, n, hashes);
                }
                found => break found,
            }
        };
        assert_eq!(found, Err(Missing::Tree(TreeError::OtherRoot)), "{level} {number}");
    }
    // Once a tile has led to the root, its neighbours in it are not asked for anew.
    let mut small = UnderRoot::new(4, root(&Shelf::of((0..4).map(entry)), 4).expect("a root"));
    let mut tiles = AtHand::default();
    tiles.put(0, 0, (0..4).map(|number| leaf_hash(&entry(number))).collect());
    assert!((0..4).all(|index| small.leaf(&tiles, index) == Ok(leaf_hash(&entry(index)))));
    tiles.put(0, 0, vec![leaf_hash(b"short")]);
    assert!(matches!(
        small.leaf(&tiles, 0),
        Err(Missing::Tree(TreeError::ShortTile { .. }))
    ));
}
