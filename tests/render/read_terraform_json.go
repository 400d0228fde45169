// Reads a plan by HashiCorp's own reader of that format, and prints what the reader understood.
package main

import (
	"encoding/json"
	"os"

	tfjson "github.com/hashicorp/terraform-json"
)

// Without the methods of a plan: older readers take no format version but their own.
type plan tfjson.Plan

type action struct {
	NoOp, Create, Update, Delete, Read bool
}

func main() {
	var read plan
	if err := json.NewDecoder(os.Stdin).Decode(&read); err != nil {
		panic(err)
	}
	whole := tfjson.Plan(read)
	refusal := ""
	if err := whole.Validate(); err != nil {
		refusal = err.Error()
	}
	actions := map[string]action{}
	for _, one := range read.ResourceChanges {
		done := one.Change.Actions
		actions[one.Address] = action{
			done.NoOp(), done.Create(), done.Update(), done.Delete(), done.Read(),
		}
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"refusal": refusal, "plan": read, "actions": actions,
	})
}
