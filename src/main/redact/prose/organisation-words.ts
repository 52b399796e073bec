/** What the name of an organisation ends with: legal forms, and what it is. Folded, without dots. */
export const legalForms: ReadonlySet<string> = new Set(
  'inc incorporated corp corporation llc llp lp ltd limited plc gmbh ag kg kgaa ug sa sas sarl spa srl sl bv nv ab asa oyj oy aps as kft zrt bt doo dd sro sp pty co company cie'.split(
    ' ',
  ),
);

export const kindsOfOrganisation: ReadonlySet<string> = new Set(
  'group holdings holding partners technologies solutions systems investments capital agency ventures labs media networks markets analytics resources financial securities motors foods brands associates industries enterprises bank university college institute foundation hospital clinic association society consulting logistics pharmaceuticals airlines insurance ministry department committee council orchestra church school academy'.split(
    ' ',
  ),
);

/** Organisations that are in every licence and every manual: naming them tells nothing of anybody. */
export const everybodys =
  /^(?:the )?(?:google|microsoft|apple|amazon|meta|facebook|openai|anthropic|mozilla|apache|linux|free software|gnu|python|node|openjs|eclipse|oracle|ibm|intel|amd|nvidia|red hat|canonical|github|gitlab|docker|cloudflare|vercel|stripe|slack|adobe|cisco|vmware|elastic|hashicorp|mongodb|jetbrains|twitter|netflix|uber|airbnb|spotify|alibaba|tencent|baidu|bytedance|huawei|samsung|sony|massachusetts institute|carnegie|stanford|berkeley|university of california|regents|internet|world wide web|unicode|khronos|cncf|cloud native|open source|software|creative commons|ecma|ieee|iso|nist|django|ruby|rust|perl|php|wikimedia|let’s encrypt|hugging)/;

export function isOrganisationWord(word: string): boolean {
  const plain = word.toLowerCase();
  return (
    kindsOfOrganisation.has(plain) ||
    (legalForms.has(plain) && (plain.length > 2 || word === word.toUpperCase() || plain === 'co'))
  );
}
