import { startsWord } from '../scan/characters.js';
import type { AnchoredDetector } from './types.js';

/** Tokens whose form is more than a prefix; every pattern is sticky, starts at or just before its anchor, and bounded. */
function structured(id: string, anchors: string[], back: number, pattern: RegExp): AnchoredDetector {
  const sticky = new RegExp(pattern.source, 'y');
  return {
    id,
    entity: 'TOKEN',
    anchors,
    at(text, anchor) {
      for (let start = Math.max(0, anchor - back); start <= anchor; start++) {
        if (!startsWord(text, start)) continue;
        sticky.lastIndex = start;
        if (sticky.test(text)) return { start, end: sticky.lastIndex, confidence: 0.95 };
      }
      return null;
    },
  };
}

export const structuredPatterns = {
  sendgrid: /SG\.[\w-]{16,32}\.[\w-]{30,64}/,
  telegram: /\d{8,10}:AA[\w-]{32,35}/,
  slackWebhook: /hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/+-]{24,120}/,
  discordWebhook: /discord(?:app)?\.com\/api\/webhooks\/\d{15,20}\/[\w-]{40,100}/,
  teamsWebhook: /webhook\.office\.com\/webhookb2\/[\w@/-]{60,400}/,
  azureClientSecret: /[\w.~-]{3}\dQ~[\w.~-]{31,40}/,
  terraform: /[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,80}/,
  googleRefresh: /1\/\/0[\w-]{40,200}/,
  airtable: /pat[A-Za-z0-9]{14}\.[0-9a-f]{64}/,
  onePassword: /A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}/,
  maxmind: /[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk/,
  mailchimp: /[0-9a-f]{32}-us\d{1,2}/,
  mapbox: /[sp]k\.[A-Za-z0-9_-]{60,120}\.[A-Za-z0-9_-]{20,24}/,
  vaultLegacy:
    /s\.(?=[A-Za-z0-9]{0,23}\d)(?=[A-Za-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![A-Za-z0-9_(]|\.[A-Za-z]{1,16}\()/,
  authress:
    /(?:sc|ext|scauth|authress)_[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-][A-Za-z0-9-]{10,32}\.[\w+/=-]{30,120}/,
  facebookApp: /\d{15,16}(?:\||%7C)[\w-]{27,40}/,
  sidekiq: /[0-9a-f]{8}:[0-9a-f]{8}@(?:gems|enterprise)\.contribsys\.com/,
  natsSeed: /S[ACNOPUX][A-Z2-7]{56}(?![A-Za-z0-9])/,
  braintree: /access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}/,
  gitlabRoutable: /gl[a-z]{2,8}-[\w-]{27,300}\.[0-9a-z]{2}\.[0-9a-z]{7,12}/,
  githubInstallation: /ghs_\d{4,20}_eyJ[\w-]{8,400}\.eyJ[\w-]{8,1024}\.[\w-]{20,1024}/,
  launchdarkly: /(?:api|sdk|mob)-[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}/,
  newrelicMobile: /(?:eu01x{1,2})?[0-9a-f]{36,40}-NRMA/,
  newrelicLicence: /(?:eu01x{1,2})?[0-9a-f]{28,36}NRAL/,
  amazonOauth: /(?:Atza|Atzr)\|[\w+/=-]{60,1024}/,
} as const;

export const structuredTokenDetectors: readonly AnchoredDetector[] = [
  structured('token:sendgrid', ['sg.'], 0, structuredPatterns.sendgrid),
  structured('token:telegram', [':aa'], 10, structuredPatterns.telegram),
  structured('token:slack-webhook', ['hooks.slack.com/'], 0, structuredPatterns.slackWebhook),
  structured('token:discord-webhook', ['discord.com/api', 'discordapp.com/api'], 0, structuredPatterns.discordWebhook),
  structured('token:teams-webhook', ['webhook.office.com/'], 0, structuredPatterns.teamsWebhook),
  structured('token:azure-client-secret', ['q~'], 4, structuredPatterns.azureClientSecret),
  structured('token:terraform', ['.atlasv1.'], 14, structuredPatterns.terraform),
  structured('token:google-refresh', ['1//0'], 0, structuredPatterns.googleRefresh),
  structured('token:airtable', ['pat'], 0, structuredPatterns.airtable),
  structured('token:1password', ['a3-'], 0, structuredPatterns.onePassword),
  structured('token:maxmind', ['_mmk'], 36, structuredPatterns.maxmind),
  structured('token:mailchimp', ['-us'], 32, structuredPatterns.mailchimp),
  structured('token:mapbox', ['sk.', 'pk.'], 0, structuredPatterns.mapbox),
  structured('token:vault-legacy', ['s.'], 0, structuredPatterns.vaultLegacy),
  structured('token:authress', ['sc_', 'ext_', 'scauth_', 'authress_'], 0, structuredPatterns.authress),
  structured('token:facebook-app', ['|', '%7c'], 16, structuredPatterns.facebookApp),
  structured('token:sidekiq', ['@gems.contribsys.com', '@enterprise.contribsys.com'], 17, structuredPatterns.sidekiq),
  structured('token:nats-seed', ['sa', 'sc', 'sn', 'so', 'sp', 'su', 'sx'], 0, structuredPatterns.natsSeed),
  structured('token:braintree', ['access_token$'], 0, structuredPatterns.braintree),
  structured('token:gitlab-routable', ['gl'], 0, structuredPatterns.gitlabRoutable),
  structured('token:github-installation', ['ghs_'], 0, structuredPatterns.githubInstallation),
  structured('token:launchdarkly', ['api-', 'sdk-', 'mob-'], 0, structuredPatterns.launchdarkly),
  structured('token:newrelic-mobile', ['-nrma'], 46, structuredPatterns.newrelicMobile),
  structured('token:newrelic-licence', ['nral'], 43, structuredPatterns.newrelicLicence),
  structured('token:amazon-oauth', ['atza|', 'atzr|'], 0, structuredPatterns.amazonOauth),
];
