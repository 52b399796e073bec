import type { Body, DecodedRequest, DecodedResponse, Json, RedactedExchange } from '../../../shared/model/index.js';
import type { Listed } from '../../ground/list.js';

/** An exchange as formats look at it: parsed once, whichever formats ask. */
export interface Subject {
  exchange: RedactedExchange;
  /** Path of the URL without query and trailing slash. */
  path: string;
  /** The request body where it is JSON. */
  request: Json | undefined;
  /** The response body where it is JSON. */
  responseJson: Json | undefined;
  /** The response body where it is JSON, or the data of its first JSON event. */
  responseHead: Json | undefined;
}

/** What a format reads from a response, with what pricing needs to know besides usage. */
export interface FormatResponse extends DecodedResponse {
  /** The vendor's processing tier where it names one other than its standard. */
  service_tier?: string;
}

/** One vendor's wire format. It may throw on what it cannot read: the exchange is then kept as plain HTTP. */
export interface WireFormat<Id extends string = string> extends Listed<Id> {
  /** How surely the exchange speaks this format, 0..1; told by path suffix and body shape, never by host. */
  matches(subject: Subject): number;
  request(json: Json, subject: Subject): DecodedRequest;
  response(body: Body, subject: Subject): FormatResponse;
}
