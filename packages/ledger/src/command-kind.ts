/**
 * Kind numbers of encoded commands. They are on disk: a number is never used for another command. Each family of commands
 * has a range, so that families can grow side by side.
 */
export const CommandKind = {
  // 1–15: sessions, orders, operations.
  Configure: 1,
  TakeoverStarted: 2,
  TransportUp: 3,
  TransportDown: 4,
  InboundFix: 5,
  Tick: 6,
  SubmitOrder: 7,
  CancelOrder: 8,
  ReplaceOrder: 9,
  MassCancel: 10,
  SetKillSwitch: 11,
  LogoutSessions: 12,
  ClientUp: 13,
  ClientDown: 14,
  ClientInbound: 15,
  // 16–39: orders, risk, strategies.
  SetTradingState: 16,
  SetLimits: 17,
  ReferencePrice: 18,
  RampStart: 19,
  RampAbort: 20,
  QueryOrder: 21,
  ClaimExternal: 22,
  BookAdjustment: 23,
  SetTimer: 24,
  CancelTimer: 25,
  StrategyCheckpoint: 26,
  // 27–34: deployment of strategies.
  DeployStrategy: 27,
  PromoteStrategy: 28,
  RollbackStrategy: 29,
  SetStrategyParameters: 30,
  PauseStrategies: 31,
  RemoveStrategy: 32,
  /** Not a command of its own: a strategy's command, with the deployment that gave it. */
  OfDeployment: 34,
  // 40–44: takeover, venues.
  VenueAnswer: 40,
  AcceptSequenceReset: 41,
  SettleInDoubt: 42,
  SessionHandedOver: 43,
  TakeoverTimed: 44,
  // 45–59: reconciliation, cold start.
  AskAccount: 45,
  BookFindings: 46,
  EndReconciliation: 47,
  AcknowledgeFinding: 48,
  StartCold: 49,
  ColdVenueStep: 50,
  AcceptColdStart: 51,
  GuardRamp: 52,
  NoteHistory: 53,
  // 60–69: operations.
  StopTrading: 60,
  StartTrading: 61,
  StartDrain: 62,
  CheckpointNoted: 63,
  RecoveryStarted: 64,
  RecoveryStep: 65,
  ChangeConfiguration: 66,
  ActivateVersion: 67,
  // 70: alerts.
  AlertsTold: 70,
  // 71–73: drills.
  StartDrill: 71,
  EndDrill: 72,
  NoteDrill: 73,
  // 35–39: the market.
  SampleReferences: 35,
} as const;
