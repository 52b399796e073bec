interface Counted {
  name: string;
  count: number;
}

/** What the store holds and how well it could be read, in numbers. */
export interface CaptureHealth {
  exchanges: { total: number; by_state: Counted[]; by_format: Counted[]; by_via: Counted[] };
  /** Bodies and formats that could not be read, by reason; the list is the query `is:undecoded`. */
  undecoded: Counted[];
  unknown_events: { format: string; type: string; count: number }[];
  /** Bodies cut at the capture limit. */
  truncated: { request: number; response: number };
  /** Bodies kept under encryption only, by reason. */
  sealed: Counted[];
  /** Requests on the wire with and without a tool call; tool calls with an altered effect, and with none where one was due. */
  effects: { joined: number; unclaimed: number; altered: number; never_sent: number };
  edges: { rule: string; basis: string; count: number; mean_confidence: number }[];
}
