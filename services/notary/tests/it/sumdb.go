// Reads a log with Go's own libraries, x/mod's note and tlog, of which no line is ours. Prints what they found as JSON.
//
// usage: sumdb URL LOG_KEY LINES EARLIER_NOTE...
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Must ends the program with what went wrong.
func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func get(url string) ([]byte, error) {
	response, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, response.Status)
	}
	return io.ReadAll(response.Body)
}

// Open opens a checkpoint. The libraries read what is signed as a tree when its first line is the one of Go's own log.
func open(signed []byte, known note.Verifiers) (string, tlog.Tree, error) {
	opened, err := note.Open(signed, known)
	if err != nil {
		return "", tlog.Tree{}, err
	}
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	return origin, tree, err
}

// Shelf reads tiles over HTTP and keeps them, and may flip a bit of one.
type shelf struct {
	url    string
	kept   map[tlog.Tile][]byte
	spoilt tlog.Tile
	bit    int
}

func (s *shelf) Height() int { return 8 }

func (s *shelf) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		if _, known := s.kept[tile]; !known {
			// Where the height is always the same, C2SP tlog-tiles leaves it out.
			data, err := get(s.url + strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
			if err != nil {
				return nil, err
			}
			s.kept[tile] = data
		}
		data := bytes.Clone(s.kept[tile])
		if tile == s.spoilt {
			data[s.bit/8] ^= 1 << (s.bit % 8)
		}
		all = append(all, data)
	}
	return all, nil
}

func (s *shelf) SaveTiles([]tlog.Tile, [][]byte) {}

func flipped(hash tlog.Hash) tlog.Hash {
	hash[31] ^= 1
	return hash
}

var errSpoilt = errors.New("it can't hold")

// Counts tells how often something held, and how often what was spoilt was taken all the same.
type counts struct {
	Held  int `json:"held"`
	Taken int `json:"taken"`
}

func (c *counts) count(held error, taken ...error) {
	if held == nil {
		c.Held++
	}
	for _, err := range taken {
		if err == nil {
			c.Taken++
		}
	}
}

func records(tree tlog.Tree, tiles tlog.HashReader, lines [][]byte) (c counts) {
	for n := int64(0); n < tree.N; n += 7 {
		proof := must(tlog.ProveRecord(tree.N, n, tiles))
		hash, other := tlog.RecordHash(lines[n]), tlog.RecordHash(lines[(n+1)%tree.N])
		c.count(
			tlog.CheckRecord(proof, tree.N, tree.Hash, n, hash),
			tlog.CheckRecord(proof, tree.N, tree.Hash, n, other),
			tlog.CheckRecord(proof, tree.N, flipped(tree.Hash), n, hash),
		)
	}
	return c
}

func trees(tree tlog.Tree, tiles tlog.HashReader, known note.Verifiers, files []string) (c counts) {
	for _, file := range files {
		_, older, err := open(must(os.ReadFile(file)), known)
		must(older, err)
		proof := must(tlog.ProveTree(tree.N, older.N, tiles))
		c.count(
			tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash),
			tlog.CheckTree(proof, tree.N, tree.Hash, older.N, flipped(older.Hash)),
			tlog.CheckTree(proof, tree.N, flipped(tree.Hash), older.N, older.Hash),
		)
	}
	return c
}

// Notes flips every bit of the text, and opens it with another key of the same name.
func notes(signed []byte, origin string, known note.Verifiers) (c counts) {
	text, _, _ := bytes.Cut(signed, []byte("\n\n"))
	for bit := range len(text) * 8 {
		spoilt := bytes.Clone(signed)
		spoilt[bit/8] ^= 1 << (bit % 8)
		_, err := note.Open(spoilt, known)
		c.count(errSpoilt, err)
	}
	_, other, err := note.GenerateKey(rand.Reader, origin)
	stranger := must(note.NewVerifier(must(other, err)))
	_, held := note.Open(signed, known)
	_, taken := note.Open(signed, note.VerifierList(stranger))
	c.count(held, taken)
	return c
}

// Tiles flips bits in every tile, one at a time, and asks for a record whose way leads past it.
//
// Their reader does not find every flip by itself: as of version 0.7.0 it leaves the first tiles below the root's unchecked when several of
// the root's parts lie in one tile. The check of the proof finds it then, so that what is counted has passed both.
func tiles(tree tlog.Tree, shelf *shelf, lines [][]byte) (c counts) {
	read := len(shelf.kept)
	for tile, data := range shelf.kept {
		for shelf.spoilt, shelf.bit = tile, 0; shelf.bit < len(data)*8; shelf.bit += 61 {
			n := tile.N << 8
			if shelf.bit/8 < tlog.HashSize {
				n++
			}
			n <<= uint(8 * tile.L)
			proof, err := tlog.ProveRecord(tree.N, n, tlog.TileHashReader(tree, shelf))
			if err == nil {
				err = tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(lines[n]))
			}
			c.count(errSpoilt, err)
		}
	}
	shelf.spoilt = tlog.Tile{}
	c.Held = read
	_, err := tlog.ProveRecord(tree.N, 0, tlog.TileHashReader(tlog.Tree{N: tree.N, Hash: flipped(tree.Hash)}, shelf))
	c.count(errSpoilt, err)
	return c
}

func main() {
	url, key, lines := os.Args[1], os.Args[2], bytes.Split(must(os.ReadFile(os.Args[3])), []byte("\n"))
	verifier := must(note.NewVerifier(key))
	known := note.VerifierList(verifier)
	signed := must(get(url + "checkpoint"))
	origin, tree, err := open(signed, known)
	must(tree, err)
	shelf := &shelf{url: url, kept: map[tlog.Tile][]byte{}}
	reader := tlog.TileHashReader(tree, shelf)
	root := must(tlog.TreeHash(tree.N, reader))
	must(os.Stdout.Write(must(json.Marshal(map[string]any{
		"name":    verifier.Name(),
		"origin":  origin,
		"size":    tree.N,
		"root":    hex.EncodeToString(root[:]),
		"records": records(tree, reader, lines),
		"trees":   trees(tree, reader, known, os.Args[4:]),
		"notes":   notes(signed, origin, known),
		"tiles":   tiles(tree, shelf, lines),
	}))))
}
