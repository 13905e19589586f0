// Issues: go-peer EXPORT URL CONCURRENCY BATCH > LINKS, over as many kept connections as requests at once.
package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
)

type answer struct {
	HasError bool `json:"hasError"`
	Data     map[string][]struct {
		ID               string `json:"id"`
		ExternalID       string `json:"externalId"`
		VerificationLink string `json:"verificationLink"`
	} `json:"data"`
}

func post(client *http.Client, url string, batch []credential) (a answer, err error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err = encoder.Encode(request{batch}); err != nil {
		return a, err
	}
	r, err := http.NewRequest("POST", url+"/campaign/addCredentials", &body)
	if err != nil {
		return a, err
	}
	r.Header.Set("secretKey", os.Getenv("SERTIFIER_SECRET_KEY"))
	r.Header.Set("api-version", "3.3")
	r.Header.Set("Content-Type", "application/json")
	response, err := client.Do(r)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	err = json.NewDecoder(response.Body).Decode(&a)
	io.Copy(io.Discard, response.Body)
	if err == nil && (response.StatusCode != 200 || a.HasError) {
		err = fmt.Errorf("HTTP %d", response.StatusCode)
	}
	return a, err
}

// writeLinks notes the link of each credential that the answer names.
func writeLinks(links *csv.Writer, lock *sync.Mutex, batch []credential, a answer) error {
	link := make(map[string]string, len(batch))
	for _, rows := range a.Data {
		for _, row := range rows {
			link[row.ExternalID] = row.VerificationLink
		}
	}
	lock.Lock()
	defer lock.Unlock()
	for _, one := range batch {
		if link[one.ExternalID] == "" {
			return fmt.Errorf("no row for %s", one.ExternalID)
		}
		links.Write([]string{one.ExternalID, link[one.ExternalID]})
	}
	return nil
}

func issueAll(rows *csv.Reader, url string, concurrency, size int) ([3]int, error) {
	client := &http.Client{Transport: &http.Transport{
		MaxIdleConns: concurrency, MaxIdleConnsPerHost: concurrency}}
	links := csv.NewWriter(os.Stdout)
	links.Write([]string{"Id", "Sertifier_Verification_Link__c"})
	batches, failed := make(chan []credential, concurrency), make(chan error, concurrency)
	var lock sync.Mutex
	var all sync.WaitGroup
	for i := 0; i < concurrency; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for batch := range batches {
				a, err := post(client, url, batch)
				if err == nil {
					err = writeLinks(links, &lock, batch, a)
				}
				if err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	counts, err := eachBatch(rows, size, func(batch []credential) error {
		select {
		case batches <- append([]credential(nil), batch...):
			return nil
		case err := <-failed:
			return err
		}
	})
	close(batches)
	all.Wait()
	links.Flush()
	if err == nil && len(failed) > 0 {
		err = <-failed
	}
	return counts, err
}
