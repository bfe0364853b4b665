/**
 * Which events a person should be able to find again, and how severe they are. Rules decided here: `critical` means that
 * trading stopped, or that a figure may be wrong; `info` is the audit of what operators did.
 */
import type { LedgerEvent } from '@baton/ledger';

export type Severity = 'info' | 'warning' | 'critical';

export interface Alert {
  readonly severity: Severity;
  readonly code: string;
  /** What it is about; '' for everything. */
  readonly subject: string;
  readonly text: string;
}

/** What a person should be able to find again; `critical`: trading stopped, or a figure may be wrong. */
export function alertOf(event: LedgerEvent): Alert | null {
  switch (event.type) {
    case 'Alarm':
      return { severity: 'critical', code: event.code, subject: '', text: event.text };
    case 'RiskTripped': {
      const subject = subjectOf(event.scope, event.target);
      return { severity: 'critical', code: event.code, subject, text: `${event.value} passed ${event.limit}` };
    }
    case 'KillSwitchChanged':
      return {
        severity: event.on ? 'critical' : 'info',
        code: event.on ? 'KILL_SWITCH_ON' : 'KILL_SWITCH_OFF',
        subject: '',
        text: event.reason,
      };
    case 'TradingStateChanged': {
      const subject = subjectOf(event.scope, event.target);
      const text = `${event.mode}: ${event.reason}`;
      return { severity: event.mode === 'active' ? 'info' : 'warning', code: 'TRADING_STATE', subject, text };
    }
    case 'GateClosed':
      return { severity: 'warning', code: 'GATE_CLOSED', subject: event.venue, text: event.reason };
    case 'SequenceResetAccepted':
      return { severity: 'warning', code: 'SEQUENCE_RESET', subject: event.venue, text: event.reason };
    case 'AdjustmentBooked': {
      const text = `${event.quantity} at ${event.price}: ${event.reason}`;
      return { severity: 'warning', code: 'ADJUSTMENT', subject: event.symbol, text };
    }
    case 'FillBusted':
      return { severity: 'warning', code: 'FILL_BUSTED', subject: event.clOrdId, text: event.reason };
    case 'ReconciliationFinding': {
      const isOver = event.outcome !== 'waiting';
      return {
        severity: isOver ? 'warning' : 'critical',
        code: `FINDING_${event.class.toUpperCase().replaceAll('-', '_')}`,
        subject: `${event.venue} ${event.subject}`,
        text: `ours ${event.ours}, theirs ${event.theirs}: ${event.outcome}${event.by === '' ? '' : ` by ${event.by}`}`,
      };
    }
    default:
      return auditOf(event);
  }
}

function subjectOf(scope: string, target: string): string {
  return target === '' ? scope : `${scope} ${target}`;
}

/** What operators did to a running cluster. */
function auditOf(event: LedgerEvent): Alert | null {
  const told = (code: string, subject: string, text: string): Alert => ({ severity: 'info', code, subject, text });
  switch (event.type) {
    case 'TradingStopped':
    case 'TradingStarted':
      return told(event.type === 'TradingStopped' ? 'TRADING_STOPPED' : 'TRADING_STARTED', '', event.reason);
    case 'DrainChanged':
      return told('DRAIN', event.phase, `${event.openOrders} open orders: ${event.reason}`);
    case 'RecoveryChanged': {
      const severity = event.status === 'FAILED' || !event.ok ? 'critical' : 'info';
      return {
        ...told(`RECOVERY_${event.status}`, `${event.door} ${event.venue}`.trim(), ''),
        severity,
        text: stepText(event),
      };
    }
    case 'ConfigurationChanged':
      return told('CONFIGURATION', event.key, `${event.before} → ${event.after}: ${event.reason}`);
    case 'VersionActivated':
      return told('VERSION', String(event.version), event.reason);
    case 'DrillStarted':
      return told('DRILL', event.id, `${event.method} of node ${event.node} by ${event.by}`);
    case 'DrillEnded': {
      const { id, outcome, tookUs } = event.drill;
      const text = `${outcome}${tookUs === null ? '' : ` after ${tookUs / 1000} ms`}`;
      const severity = outcome === 'failed' || outcome === 'missed' ? 'warning' : 'info';
      return { ...told(severity === 'info' ? 'DRILL_OVER' : 'DRILL_FAILED', id, text), severity };
    }
    case 'LimitsChanged':
      return told('LIMITS', subjectOf(event.scope, event.target), `${JSON.stringify(event.limits)}: ${event.reason}`);
    case 'RampChanged':
      return told('RAMP', '', `${event.percent} %, ${event.running ? 'running' : 'over'}: ${event.reason}`);
    case 'StrategyDeployed':
      return told('STRATEGY_DEPLOYED', event.strategyId, `${event.version} by ${event.by}: ${event.reason}`);
    case 'StrategyPromoted':
      return told(
        'STRATEGY_PROMOTED',
        event.strategyId,
        `deployment ${event.deployment} by ${event.by}: ${event.reason}`,
      );
    case 'StrategiesPaused': {
      const what = event.paused ? 'paused' : 'resumed';
      return told('STRATEGY_PAUSE', event.strategyId, `${what} by ${event.by}: ${event.reason}`);
    }
    default:
      return null;
  }
}

function stepText({ detail, step }: Extract<LedgerEvent, { type: 'RecoveryChanged' }>): string {
  return detail === '' ? step : `${step}: ${detail}`;
}
