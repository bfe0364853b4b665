/** What `baton checkpoint --help` says after its list of commands. */
export const CHECKPOINT_HELP = `
The scribe of each node takes one a minute (checkpoints.everySeconds and everyEntries in the configuration) without a
pause of the core, reads it back into a fresh ledger and compares the state hash before it counts. The last ten are kept,
and the last verified one always. All but take read the node's folder: the node may run or be stopped, nothing is changed.

Exit codes: 0 done, 65 a checkpoint is damaged, 66 none there, 69 the node does not answer.

Examples:
  $ npx baton checkpoint list
  $ npx baton checkpoint take --node n2
  $ npx baton checkpoint verify --node n2
  $ npx baton checkpoint export --json | jq .positions
  $ npx baton checkpoint diff 1200 2400
`;
