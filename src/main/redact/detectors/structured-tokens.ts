import { startsWord } from '../text/characters.js';
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
  structured('token:amazon-oauth', ['atza|', 'atzr|'], 0, structuredPatterns.amazonOauth),
];
