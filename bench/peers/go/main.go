// Turns a Contact export into request bodies with encoding/csv and encoding/json:
// go-peer EXPORT > BODIES, what examples/course-completion.lua would send. With more words it issues.
package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	campaign  = "7d1f0c52-demo-4b3a-course-completion"
	batchSize = 20
)

type credential struct {
	CampaignID   string `json:"campaignId"`
	Name         string `json:"name"`
	Email        string `json:"email"`
	ExternalID   string `json:"externalId"`
	QuickPublish bool   `json:"quickPublish"`
	IssueDate    string `json:"issueDate,omitempty"`
}

type request struct {
	Credentials []credential `json:"credentials"`
}

type columns struct {
	id, firstName, lastName, email, issue, status, completedOn int
}

type outcome int

const (
	skipped outcome = iota
	invalid
	issued
)

var errInvalid = errors.New("invalid record")

func findColumns(header []string) (c columns, err error) {
	for name, place := range map[string]*int{
		"Id": &c.id, "FirstName": &c.firstName, "LastName": &c.lastName, "Email": &c.email,
		"Issue_Credential__c": &c.issue, "Status__c": &c.status, "Completed_On__c": &c.completedOn,
	} {
		*place = -1
		for i, column := range header {
			if column == name {
				*place = i
			}
		}
		if *place < 0 {
			return c, fmt.Errorf("no column %s", name)
		}
	}
	return c, nil
}

func qualifies(c columns, row []string) (bool, error) {
	switch strings.ToLower(row[c.issue]) {
	case "true", "1":
		return strings.EqualFold(row[c.status], "Certified"), nil
	case "false", "0", "":
		return false, nil
	}
	return false, errInvalid
}

func isContactID(id string) bool {
	if (len(id) != 15 && len(id) != 18) || !strings.HasPrefix(id, "003") {
		return false
	}
	for _, r := range id {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}

func isEmail(address string) bool {
	user, host, found := strings.Cut(address, "@")
	return found && user != "" && strings.Contains(host, ".") &&
		!strings.Contains(host, "@") && !strings.ContainsAny(address, " \t\r\n")
}

// issueDate gives the date part of a date or date-time cell.
func issueDate(cell string) (string, error) {
	if cell == "" {
		return "", nil
	}
	day, _, _ := strings.Cut(cell, "T")
	if _, err := time.Parse("2006-01-02", day); err != nil {
		return "", errInvalid
	}
	return day, nil
}

func toCredential(c columns, row []string) (credential, error) {
	name := strings.TrimSpace(row[c.firstName] + " " + row[c.lastName])
	day, err := issueDate(row[c.completedOn])
	if err != nil || name == "" || !isEmail(row[c.email]) || !isContactID(row[c.id]) {
		return credential{}, errInvalid
	}
	return credential{campaign, name, row[c.email], row[c.id], true, day}, nil
}

func judge(c columns, row []string) (credential, outcome) {
	fits, err := qualifies(c, row)
	if err != nil {
		return credential{}, invalid
	}
	if !fits {
		return credential{}, skipped
	}
	issue, err := toCredential(c, row)
	if err != nil {
		return credential{}, invalid
	}
	return issue, issued
}

func openExport(path string) (*csv.Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReaderSize(file, 1<<16)
	if mark, _ := buffered.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		buffered.Discard(3)
	}
	rows := csv.NewReader(buffered)
	rows.ReuseRecord = true
	return rows, nil
}

// eachBatch hands on the credentials that are to be issued, so many at a time; the list is reused.
func eachBatch(rows *csv.Reader, size int, take func([]credential) error) (counts [3]int, err error) {
	header, err := rows.Read()
	if err != nil {
		return counts, err
	}
	c, err := findColumns(header)
	if err != nil {
		return counts, err
	}
	batch := make([]credential, 0, size)
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return counts, err
		}
		issue, what := judge(c, row)
		counts[what]++
		if what != issued {
			continue
		}
		if batch = append(batch, issue); len(batch) == size {
			if err := take(batch); err != nil {
				return counts, err
			}
			batch = batch[:0]
		}
	}
	if len(batch) == 0 {
		return counts, nil
	}
	return counts, take(batch)
}

func writeBodies(rows *csv.Reader) ([3]int, error) {
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	bodies := json.NewEncoder(out)
	bodies.SetEscapeHTML(false)
	counts, err := eachBatch(rows, batchSize, func(batch []credential) error {
		return bodies.Encode(request{batch})
	})
	if err != nil {
		return counts, err
	}
	return counts, out.Flush()
}

func run(arguments []string) ([3]int, error) {
	rows, err := openExport(arguments[0])
	if err != nil {
		return [3]int{}, err
	}
	if len(arguments) == 1 {
		return writeBodies(rows)
	}
	concurrency, _ := strconv.Atoi(arguments[2])
	size, _ := strconv.Atoi(arguments[3])
	return issueAll(rows, arguments[1], concurrency, size)
}

func main() {
	if len(os.Args) != 2 && len(os.Args) != 5 {
		log.Fatal("usage: go-peer EXPORT [URL CONCURRENCY BATCH]")
	}
	counts, err := run(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(os.Stderr, "read %d, skipped %d, invalid %d, would issue %d\n",
		counts[skipped]+counts[invalid]+counts[issued],
		counts[skipped], counts[invalid], counts[issued])
}
