import { describe, expect, it } from 'vitest';
import { endToEnd } from '../../../src/main/capture/headers.js';
import { interceptPolicy } from '../../../src/main/capture/intercept-policy.js';
import { shellLines } from '../../../src/main/capture/launch/environment.js';
import { forwardTarget, gatewayTarget, parseAuthority } from '../../../src/main/capture/target.js';
import { proxyFor } from '../../../src/main/capture/upstream/connect.js';
import { upstreamError } from '../../../src/main/capture/upstream/errors.js';

describe('interception policy', () => {
  const policy = interceptPolicy({
    added: ['example.org', '*.corp.test:8443'],
    tunnel: ['api.x.ai'],
    gatewayHosts: ['gw.test'],
  });
  it.each([
    ['api.openai.com', 443, 'intercept'],
    ['API.OpenAI.com', 443, 'intercept'],
    ['evil-api.openai.com.attacker.test', 443, 'tunnel'],
    ['us-central1-aiplatform.googleapis.com', 443, 'intercept'],
    ['bedrock-runtime.eu-west-1.amazonaws.com', 443, 'intercept'],
    ['mcp.linear.app', 443, 'intercept'],
    ['tools.mcp.example.net', 443, 'intercept'],
    ['github.com', 443, 'tunnel'],
    ['example.org', 9443, 'intercept'],
    ['a.corp.test', 8443, 'intercept'],
    ['a.corp.test', 443, 'tunnel'],
    ['api.x.ai', 443, 'tunnel'],
    ['gw.test', 443, 'intercept'],
  ] as const)('%s:%i is %s', (host, port, expected) => {
    expect(policy(host, port)).toBe(expected);
  });
  it('takes * for all, except what is tunnelled by name', () => {
    const all = interceptPolicy({ added: ['*'], tunnel: ['*.bank.test'], gatewayHosts: [] });
    expect(all('anything.test', 1)).toBe('intercept');
    expect(all('my.bank.test', 443)).toBe('tunnel');
  });
});

describe('targets', () => {
  it('reads authorities', () => {
    expect(parseAuthority('[::1]:8443', 443)).toEqual({ host: '::1', port: 8443 });
    expect(parseAuthority('host', 443)).toEqual({ host: 'host', port: 443 });
    for (const bad of ['', 'a:b', 'a:99999', 'a:0', 'user@host:1', '[::1', 'a b'])
      expect(parseAuthority(bad, 443)).toBeNull();
  });
  it('keeps path and query as they were spelled', () => {
    expect(forwardTarget('http://Host.test:8080/a%2Fb/../c?x=%20y')).toMatchObject({
      host: 'Host.test',
      port: 8080,
      path: '/a%2Fb/../c?x=%20y',
    });
    expect(forwardTarget('http://host.test?x=1')).toMatchObject({ path: '/?x=1' });
    expect(() => forwardTarget('ftp://x/')).toThrow(expect.objectContaining({ code: 'request_target_invalid' }));
  });
  it('leads the gateway to its upstreams', () => {
    const upstreams = { openai: 'https://api.openai.com', local: 'http://127.0.0.1:8080/base/' };
    expect(gatewayTarget('/openai/v1/models?x', upstreams)).toMatchObject({
      url: 'https://api.openai.com/v1/models?x',
      hostHeader: 'api.openai.com',
      secure: true,
    });
    expect(gatewayTarget('/s/a%20b/local/v1', upstreams)).toMatchObject({
      url: 'http://127.0.0.1:8080/base/v1',
      session: 'a b',
      upstreamName: 'local',
    });
    for (const bad of ['/', '/nope/x', '/s/x', '/constructor/x']) {
      expect(() => gatewayTarget(bad, upstreams)).toThrow(expect.objectContaining({ code: 'upstream_unknown' }));
    }
  });
});

describe('headers and errors', () => {
  it('drops what belongs to the connection', () => {
    const list: [string, string][] = [
      ['Connection', 'close, X-Hop'],
      ['X-Hop', '1'],
      ['Transfer-Encoding', 'chunked'],
      ['TE', 'gzip'],
      ['X-End', '2'],
      ['Set-Cookie', 'a'],
      ['Set-Cookie', 'b'],
    ];
    expect(endToEnd(list)).toEqual([
      ['X-End', '2'],
      ['Set-Cookie', 'a'],
      ['Set-Cookie', 'b'],
    ]);
    expect(endToEnd([['TE', 'trailers']])).toEqual([['TE', 'trailers']]);
  });
  it.each([
    ['ENOTFOUND', 'upstream_dns'],
    ['ECONNREFUSED', 'upstream_refused'],
    ['ECONNRESET', 'upstream_reset'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'upstream_tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'upstream_tls'],
    ['HPE_INVALID_CONSTANT', 'upstream_protocol'],
    ['ETIMEDOUT', 'upstream_timeout'],
  ])('names %s %s', (code, expected) => {
    expect(upstreamError(Object.assign(new Error('x'), { code }), 'h:1').code).toBe(expected);
  });
  it('leaves out the upstream proxy where it is told to', () => {
    const options = {
      upstreamProxy: 'http://proxy.corp:3128',
      noProxy: ['localhost', '.internal.test', 'x.test:8443'],
      insecure: false,
    };
    const endpoint = (host: string, port = 443) => ({ host, port, secure: true });
    expect(proxyFor(endpoint('api.openai.com'), options)?.host).toBe('proxy.corp:3128');
    expect(proxyFor(endpoint('a.internal.test'), options)).toBeNull();
    expect(proxyFor(endpoint('x.test', 8443), options)).toBeNull();
    expect(proxyFor(endpoint('x.test'), options)).not.toBeNull();
  });
  it('quotes variables for each shell', () => {
    const variables = [{ name: 'A', value: "it's $HOME", why: '' }];
    expect(shellLines(variables, 'sh')).toBe(`export A='it'\\''s $HOME'`);
    expect(shellLines(variables, 'fish')).toBe(`set -gx A 'it\\'s $HOME'`);
    expect(shellLines(variables, 'powershell')).toBe(`$env:A = 'it''s $HOME'`);
  });
});
