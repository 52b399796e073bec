import type { IntakeCall, Json } from '../../../shared/model/index.js';
import type { Listed } from '../../ground/list.js';
import type { Conversation } from '../messages/conversation.js';
import type { ReadMessages } from '../read-messages.js';
import type { Span } from './spans.js';

/** What a span says of an agent's run, whichever convention it is written in. */
export interface Meaning {
  what: /** `sent`, `answered`: its messages as they were read, with what is none. */
    | { type: 'call'; call: IntakeCall; sent?: Conversation; answered?: Conversation }
    | { type: 'tool'; name: string; tool_call_id?: string; arguments: Json; result: Json | null; is_error: boolean }
    /** A run of an agent or of a workflow; what it contains are spans below it. */
    | { type: 'agent'; title?: string }
    /** A step that is none of these: a retrieval. */
    | { type: 'step'; description: string; data: Json }
    | { type: 'nothing' };
  /** Conversation or session that the span names. */
  session?: string;
  /** Name of the agent that acts. */
  agent?: string;
  /** Set where the convention itself tells subagents apart: id of the one within the session. */
  subagent?: string;
  scores: { name: string; value: number; explanation?: string }[];
}

/** One convention. Null: the span is not written in it. */
export interface Convention extends Listed {
  read(span: Span, readMessages: ReadMessages): Meaning | null;
}
