import { describe, expect, it } from 'vitest';
import { findingValue, placementOf } from '../../../../src/main/store/findings/finding-placement.js';

describe('where a finding stands, by its path', () => {
  it.each([
    ['url', 'url'],
    ['request.headers.authorization', 'request_header'],
    ['request.trailers.x-token#name', 'request_header'],
    ['response.informational[0].headers.link', 'response_header'],
    ['request.body.system', 'system_prompt'],
    ['request.body.system[0].text', 'system_prompt'],
    ['request.body.instructions', 'system_prompt'],
    ['request.body.systemInstruction.parts[0].text', 'system_prompt'],
    ['request.body.messages[2].content', 'message'],
    ['request.body.messages[2].content[0].text', 'message'],
    ['request.body.contents[1].parts[0].text', 'message'],
    ['request.body.input', 'message'],
    ['request.body.input[3].content[0].text', 'message'],
    ['request.body.messages[3].content[0].input.command', 'tool_arguments'],
    ['request.body.messages[3].tool_calls[0].function.arguments', 'tool_arguments'],
    ['request.body.contents[1].parts[0].functionCall.args.to', 'tool_arguments'],
    ['request.body.input[3].arguments', 'tool_arguments'],
    ['request.body.params.arguments.path', 'tool_arguments'],
    ['request.body.messages[4].content[0].content', 'tool_result'],
    ['request.body.messages[4].content[0].content[0].text', 'tool_result'],
    ['request.body.input[4].output', 'tool_result'],
    ['request.body.contents[2].parts[0].functionResponse.response.text', 'tool_result'],
    ['request.body.tools[0].function.description', 'tool_definition'],
    ['request.body.metadata.user_id', 'metadata'],
    ['request.body.trace.title', 'title'],
    ['request.body.events[3].result.text', 'tool_result'],
    ['request.body.events[3].arguments.q', 'tool_arguments'],
    ['request.body.call.request.messages[0].parts[0].text', 'message'],
    ['request.body.call.response.messages[0].parts[0].arguments.q', 'tool_arguments'],
    ['request.body', 'request_body'],
    ['request.body.argumentative', 'request_body'],
    ['response.body', 'response_body'],
    ['response.body.choices[0].message.content', 'answer'],
    ['response.body.events[7].choices[0].delta.content', 'answer'],
    ['response.body.events[7].choices[0].delta.tool_calls[0].function.arguments', 'tool_arguments'],
    ['response.body.events[7].delta.partial_json', 'tool_arguments'],
    ['response.body.content[1].input.path', 'tool_arguments'],
    ['response.body.result.content[0].text', 'tool_result'],
    ['response.body.result.tools[0].description', 'tool_definition'],
    ['response.body.error.message', 'error'],
    ['error.message', 'error'],
    ['issues[0].message', 'error'],
    ['session', 'metadata'],
    ['client.address', 'metadata'],
  ])('%s: %s', (path, placement) => {
    expect(placementOf(path)).toBe(placement);
  });

  it('takes the role of a message where the path does not tell', () => {
    const roles = ['system', 'user', 'assistant', 'tool'];
    expect(roles.map((_, index) => placementOf(`request.body.messages[${index}].content`, roles))).toEqual([
      'system_prompt',
      'message',
      'message',
      'tool_result',
    ]);
    expect(placementOf('request.body.messages[2].tool_calls[0].function.arguments', roles)).toBe('tool_arguments');
    expect(placementOf('request.body.messages[9].content', roles)).toBe('message');
  });
});

it('a pseudonym tells values apart, a mask does not', () => {
  expect(findingValue('<EMAIL_7f3a9c21>')).toBe('<EMAIL_7f3a9c21>');
  expect(findingValue('<API_KEY_MASKED>')).toBeNull();
  expect(findingValue('x'.repeat(500))).toHaveLength(200);
});
