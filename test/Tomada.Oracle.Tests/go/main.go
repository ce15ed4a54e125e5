// Judges cases with golang.org/x/mod/sumdb, which knows nothing of this project, and cosignatures
// and receipts by a few lines after their specifications.
// Usage: main CASES.json; prints "judged N" and one line for each case that it sees otherwise.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inclusion struct {
	Size, Index int64
	Leaf, Root  tlog.Hash
	Proof       tlog.RecordProof
	Valid       bool
}

type consistency struct {
	OldSize, Size int64
	OldRoot, Root tlog.Hash
	Proof         tlog.TreeProof
	Valid         bool
}

type checkpoint struct {
	Key, Note string
	Size      int64
	Root      tlog.Hash
	Valid     bool
}

type cosignature struct {
	Name, Note string
	Key        []byte
	Time       uint64
	Valid      bool
}

type receipt struct {
	Key, Text string
	Entry     []byte
	Valid     bool
}

type tree struct {
	Size          int64
	Root          tlog.Hash
	Tiles         map[string][]byte
	Inclusions    []inclusion
	Consistencies []consistency
	Valid         bool
}

type cases struct {
	Inclusions    []inclusion
	Consistencies []consistency
	Checkpoints   []checkpoint
	Cosignatures  []cosignature
	Receipts      []receipt
	Trees         []tree
}

func (c inclusion) judge() error {
	return tlog.CheckRecord(c.Proof, c.Size, c.Root, c.Index, c.Leaf)
}

func (c consistency) judge() error {
	return tlog.CheckTree(c.Proof, c.Size, c.Root, c.OldSize, c.OldRoot)
}

// head opens a checkpoint that the log signed as type 01 (C2SP tlog-checkpoint).
func head(key, text string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("the text is no checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func (c checkpoint) judge() error {
	signed, err := head(c.Key, c.Note)
	if err == nil && (signed.N != c.Size || signed.Hash != c.Root) {
		err = fmt.Errorf("it says %d %v", signed.N, signed.Hash)
	}
	return err
}

// judge checks type 04 (C2SP tlog-cosignature, Ed25519 signed message).
func (c cosignature) judge() error {
	split := strings.LastIndex(c.Note, "\n\n")
	text := c.Note[:split+1]
	id := sha256.Sum256(append([]byte(c.Name+"\n\x04"), c.Key...))
	for _, line := range strings.Split(c.Note[split+2:], "\n") {
		parts := strings.Split(line, " ")
		if len(parts) != 3 || parts[0] != "—" || parts[1] != c.Name {
			continue
		}
		blob, err := base64.StdEncoding.DecodeString(parts[2])
		if err != nil || len(blob) != 4+8+64 || !bytes.Equal(blob[:4], id[:4]) {
			continue
		}
		time := binary.BigEndian.Uint64(blob[4:])
		signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
		if time == c.Time && ed25519.Verify(c.Key, []byte(signed), blob[12:]) {
			return nil
		}
		return fmt.Errorf("the cosignature is wrong")
	}
	return fmt.Errorf("nobody of this name and id cosigned")
}

// judge checks a receipt against its entry (C2SP tlog-proof, Format and Verifying a tlog proof).
func (c receipt) judge() error {
	top, signed, found := strings.Cut(c.Text, "\n\n")
	lines := strings.Split(top, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("the header is missing")
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	tree, err := head(c.Key, signed)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(c.Entry))
}

// ourPath is the tile's path without the height, which C2SP fixes at 8 (C2SP tlog-tiles).
func ourPath(t tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(t.Path(), "tile/8/")
}

func (c tree) Height() int { return 8 }

func (c tree) SaveTiles([]tlog.Tile, [][]byte) {}

func (c tree) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, found := c.Tiles[ourPath(t)]
		if !found {
			return nil, fmt.Errorf("%s is missing", ourPath(t))
		}
		all = append(all, data)
	}
	return all, nil
}

// judge reads a log through its tiles alone, which x/mod authenticates against the root, and
// compares the proofs that it makes with ours.
func (c tree) judge() error {
	reader := tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, c)
	root, err := tlog.TreeHash(c.Size, reader)
	if err == nil && root != c.Root {
		err = fmt.Errorf("the tiles have root %v", root)
	}
	if err != nil {
		return err
	}
	for _, each := range c.Inclusions {
		proof, err := tlog.ProveRecord(c.Size, each.Index, reader)
		if err != nil || fmt.Sprint(proof) != fmt.Sprint(each.Proof) {
			return fmt.Errorf("inclusion of %d: %v %v", each.Index, err, proof)
		}
	}
	for _, each := range c.Consistencies {
		proof, err := tlog.ProveTree(c.Size, each.OldSize, reader)
		if err != nil || fmt.Sprint(proof) != fmt.Sprint(each.Proof) {
			return fmt.Errorf("consistency with %d: %v %v", each.OldSize, err, proof)
		}
	}
	return c.judgeNames()
}

// judgeNames compares which tiles exist, and the entries with the hashes of level 0.
func (c tree) judgeNames() error {
	// x/mod lists a partial tile of every width up to the one that this size has.
	widest := map[[2]int64]tlog.Tile{}
	for _, t := range tlog.NewTiles(8, 0, c.Size) {
		widest[[2]int64{int64(t.L), t.N}] = t
	}
	count := 0
	for _, t := range widest {
		data, found := c.Tiles[ourPath(t)]
		if !found || len(data) != 32*t.W {
			return fmt.Errorf("%s is missing or has another length", ourPath(t))
		}
		count++
		if t.L != 0 {
			continue
		}
		bundle := c.Tiles[strings.Replace(ourPath(t), "tile/0/", "tile/entries/", 1)]
		for i := 0; i < t.W; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("the entries of %s end early", ourPath(t))
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			leaf := tlog.RecordHash(bundle[2:end])
			if !bytes.Equal(leaf[:], data[32*i:32*i+32]) {
				return fmt.Errorf("entry %d of %s has another hash", i, ourPath(t))
			}
			bundle = bundle[end:]
		}
		count++
		if len(bundle) != 0 {
			return fmt.Errorf("bytes follow the entries of %s", ourPath(t))
		}
	}
	if count != len(c.Tiles) {
		return fmt.Errorf("there are %d tiles and bundles, not %d", len(c.Tiles), count)
	}
	return nil
}

var judged = 0

func report(kind string, number int, err error, valid bool) {
	judged++
	if (err == nil) != valid {
		fmt.Printf("%s %d: expected %v, says %v\n", kind, number, valid, err)
	}
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	var all cases
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for i, each := range all.Inclusions {
		report("inclusion", i, each.judge(), each.Valid)
	}
	for i, each := range all.Consistencies {
		report("consistency", i, each.judge(), each.Valid)
	}
	for i, each := range all.Checkpoints {
		report("checkpoint", i, each.judge(), each.Valid)
	}
	for i, each := range all.Cosignatures {
		report("cosignature", i, each.judge(), each.Valid)
	}
	for i, each := range all.Receipts {
		report("receipt", i, each.judge(), each.Valid)
	}
	for i, each := range all.Trees {
		report("tree", i, each.judge(), each.Valid)
	}
	fmt.Printf("judged %d\n", judged)
}
