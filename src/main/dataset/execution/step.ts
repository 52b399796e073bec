import type { ErrorRecord, Json, RecoveryStrategy, ToolCall, Usage } from '../../../shared/model/index.js';

/** What a tool gave back. */
export interface ToolOutput {
  name?: string;
  content: Json;
}

/** A step as it is made of what was captured. */
export interface ExecutionStep {
  step_id: string;
  /** `interaction`: a person spoke; `error`: what failed; `recovery`: the step that followed a failure. */
  step_type: 'interaction' | 'step' | 'error' | 'recovery';
  /** The tools called, `respond`, `user`, the kind of event, or the error's code. */
  step_name: string;
  /** Who acted: an agent's name, the client, or `user`. */
  agent: string;
  start_time: string | null;
  /** `HH:MM:SS`, with thousandths where there are any. */
  duration: string | null;
  duration_ms: number | null;
  /** What was new before it: words and results. */
  inputs: { messages?: { role: string; content: Json }[]; tool_results?: ToolOutput[] };
  reasoning: string | null;
  actions: {
    /** `tool_call`, or the type of the event (`code_edit`, `terminal_command`, …). */
    action_type: string;
    tool: string | null;
    parameters: Json;
    result: Json | null;
    status: ToolCall['status'];
    /** How likely it failed although its result is not marked so, 0 to 1; absent where nothing says so. */
    suspicion?: number;
    duration_ms: number | null;
  }[];
  /** What was said. */
  outputs: { messages?: { type: 'text' | 'refusal'; content: string }[] };
  state_changes: { changes?: { description: string; data?: Json }[] };
  outcome: {
    status: ToolCall['status'];
    stop_reason: string | null;
    error: ErrorRecord | null;
    usage: Usage | null;
    cost_usd: number | null;
  };
  /** Set on recoveries: which failure this step answers, and how. */
  recovery: { of_step_id: string; strategy: RecoveryStrategy } | null;
  call_id: string | null;
}
