import { describe, expect, it } from 'vitest';
import { characters, redactor } from '../support.js';

const redact = redactor();
const shown = (text: string) => redact.spans(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');
const b36 = (length: number) => characters('base62', length).toLowerCase();
const password = `q7${characters('base62', 6)}Z`;
const key = `x9${b36(30)}`;

/** Ways to write a secret: before, the value, behind it. */
const ways: readonly (readonly [string, string, string])[] = [
  ['os.Setenv("SERVICE_SECRET", "', key, '")'],
  ['req.Header.Set("X-Api-Key", "', key, '")'],
  ["define('DB_PASSWORD', '", password, "');"],
  ['System.setProperty("SERVICE_TOKEN", "', key, '")'],
  ['utils.env_or("service_token", "', key, '")'],
  ['password = os.environ.get("DB_PASSWORD") or "', password, '"'],
  ["const token = getToken(env['API_TOKEN']) ?? '", key, "';"],
  ['#define DB_PASSWORD "', password, '"'],
  ['%global PASSWORD "', password, '"'],
  ['if (password !== "', password, '") return deny();'],
  ['$serviceToken .= "', key, '";'],
  ['API_TOKEN ?= ', key, '\n'],
  ['API_TOKEN ::= ', key, '\n'],
  ["ALTER USER 'a'@'%' IDENTIFIED BY '", password, "';"],
  ["ALTER USER 'a'@'%' IDENTIFIED WITH caching_sha2_password BY '", password, "';"],
  ['CREATE USER a IDENTIFIED BY ', password, ';'],
  ["CREATE USER a WITH PASSWORD '", password, "';"],
  ["SET PASSWORD FOR 'a' = PASSWORD('", password, "');"],
  ['ConvertTo-SecureString -String "', password, '" -AsPlainText -Force'],
  ['curl --oauth2-bearer "', key, '" https://api.example.test/'],
  ['curl -uadmin:', password, ' https://api.example.test/'],
  ['curl https://api.example.test/ -u ', key, ':'],
  ['curl --user "7admin:', password, '" https://api.example.test/'],
  ['const secret = process.env.JWT_SECRET || "', key, '";'],
  ['os.environ.get("DB_PASSWORD", "', 'Kestrel72Moon', '")'],
  ['config("SECRET_KEY", default="', key, '")'],
  ['The root password was changed to ', password, ''],
  ['Password (admin): ', password, ''],
  ['with the password `', password, '`'],
  ['id:master pass:', 'dipPr122Gg!', ''],
  ['the password for the deploy account is ', password, ''],
  ['password for deploy: ', password, ''],
  ["scraper token - '", key, "'"],
  ['SECRET KEY:', key, ''],
  ['access key: ', key, ''],
  ['<secret>', `{AQAAABAAAA ${key}}`, '</secret>'],
  ['<password>\n    ', password, '\n  </password>'],
  ['ANY_PW:', password, ''],
  ['smtpPass = "', password, '"'],
  ['X_PSWD=', password, ''],
  ['creds = ', key, ''],
  ['mySecretString=', key, ''],
  ['[DEBUG] Using Key=', key, ''],
  ['weather_key: "', key, '"'],
  ['MAILER_API_TOKEN=', `mail.${key}`, ''],
  ['{"kty":"EC","crv":"P-256","d":"', characters('base64url', 43), '"}'],
  ['"kty": "oct",\n"k": "', characters('base64url', 32), '"'],
  ["token = ' ", key, " '"],
];

/** What is written like one of these and is no secret. */
const none: readonly string[] = [
  'proxy_pass http://backend;',
  'second_pass = run_again(first_pass)',
  'fields("password", "password_confirmation")',
  "t('login.password', 'Please enter it')",
  'cache_key: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
  'key: "user-profile-settings-2"',
  "alter user 'a'@'%' PASSWORD EXPIRE INTERVAL 90 DAY;",
  'the password for the site is wrong again',
  'identified by its serial number',
  '#define PASSWORD_LENGTH 12',
  'if token == other_token:',
  '<key>CFBundleIdentifier</key>',
  'a token - the smallest unit of text',
  '"d": "a value that is no key of anything"',
  'everything you can pass to `useQuery2`.',
  '--- PASS: TestLogin/empty_password2 (0.00s)',
  'pass=141 fail=2',
  '{"pass":"ARIA attributes are used correctly","fail":"x"}',
  'name,pass,fail\nsuite1,141,2\n',
  'HOME=/root\nPWD=/workspace/app1\nOLDPWD=/workspace2',
  'docker run -v $PWD:/work2 img',
  'type S = SecuritySchemeBasic | SecuritySchemeApiKey | SecuritySchemeOauth2 | X;',
  'Node is installed via Node 20 image',
  'Ergebnis: Alles ist nun grün',
  '2026-11-30 Kubelet: Failed to start',
  't.string("password", "varchar(255)")',
  'assertEquals("password", "Passw0rd!")',
  'input.password:focus{outline:2px}',
  '--token:#a1b2c3d4;',
  'cookie: "npm:^0.7.1"',
  '"js-tokens": "9.0.0-beta.1"',
  '[the token endpoint](docs/api/v2/token_endpoint.md)',
  'my $pass = $assert->{pass};',
  'password = input("Enter password: ")[:64]',
  "The row is identified by 'order_id2'.",
  'mysql -u root -p mydb2 < dump.sql',
  'docker exec -u app:staff1 web',
  'signed with key: 3B4FE6ACC0B21F32A1B2C3D4E5F60718',
  'retry using key=f47ac10b-58cc-4372-a567-0e02b2c3d479',
  'train/val loss 2.3456, 1.9876 after 3 epochs',
  'p50 lat=1.234ms',
  'Boston, MA  02111-1307, USA',
  'Unexpected token: "foo1bar2"',
  '{"password":"Mot de passe"}',
  'existingSecret: "postgres-creds-v2"',
  'Ich heiße Sie herzlich willkommen',
  'Adım Adım Kurulum Rehberi',
  '변호사님께 문의하세요. 명백한 과장 광고입니다.',
  '変数の名前は小文字で始めます。関係会社様へ。',
  'श्री लंका ने मैच जीता।',
  'docker run -u 1000:1000 image',
  '\tArrayType struct {\n\t\tLbrack token.Pos\n\t\tLen    Expr\n\t\tElt    Expr\n\t}',
  '\tmasterSecret  *tls13.MasterSecret\n\ttrafficSecret []byte // client_application_traffic_secret_0\n',
  'env = append(env, "PWD="+pwd)',
  'l.password = f[i+1]',
  'pass := &analysis.Pass{',
  'config.PrivateKey = testEd25519PrivateKey',
  '-4181792142133755926, -4576982950128230565, 395529062149708587',
  'status unpacked passwd:amd64 1:4.13+dfsg1-1',
  'Preparing to unpack .../passwd_1%3a4.13+dfsg1-1+deb12u2_amd64.deb',
  'Created symlink getty.target.wants/getty@tty1.service',
  'python -u main.py:app --user-agent x:y',
  'React.createElement("li", { key: item.id })',
  'num_image_tokens = [self.num_image_tokens] * len(image_sizes)',
  'statetokens = tokendefs[statestack[-1]]',
  'state.cookies = {**(state.cookies or {}), **response.cookies}',
  'progressToken: z.ZodOptional<z.ZodUnion<readonly [z.ZodString, z.ZodNumber]>>;',
  'exports.exchangeX509Token = exchangeX509Token;',
  'credential: X509Credential | undefined,',
  'sessionId: capturedTransport?.sessionId,',
  'USERNAME_PASSWORD: 0x02,',
  'assert verdict == "PASS"\n\n    def test_keyword_fallback_fail(self):',
  'CODET1 = np.array([[3.0000, 3.0000],\n                   [6.2000, 4.0000]])',
  'r=/code|token|error/.test(window.location.hash)?1:2',
  'organization: URIRef  # a collection of people',
];

describe('ways to write a secret', () => {
  for (const [before, value, behind] of ways)
    it(`${JSON.stringify(before)}: hides the value and nothing beside it`, () => {
      const text = shown(`${before}${value}${behind}`);
      expect(text).not.toContain(value);
      expect(text.startsWith(before.trimEnd().slice(0, -1).trimEnd())).toBe(true);
      expect(text.endsWith(behind)).toBe(true);
    });

  for (const text of none) it(`${JSON.stringify(text)} stays`, () => expect(shown(text)).toBe(text));

  it('hides a value again where nothing beside it tells it', () => {
    expect(shown(`API_TOKEN=${key}\n… later: ${key} is not valid`)).toBe(
      'API_TOKEN=<TOKEN>\n… later: <TOKEN> is not valid',
    );
    const json = shown(JSON.stringify({ token: key, log: `used ${key} twice` }));
    expect(json).not.toContain(key);
    expect(JSON.parse(json)).toEqual({ token: '<TOKEN>', log: 'used <TOKEN> twice' });
  });
});

/** Before, the name, behind it. */
const introduced: readonly (readonly [string, string, string])[] = [
  ['我叫', '欧阳晓岚', '，请联系我。'],
  ['请联系', '张伟铭', '先生。'],
  ['私の名前は', '高橋美鈴', 'です。'],
  ['担当の', '佐々木健吾', 'さんに連絡してください。'],
  ['제 이름은 ', '박서윤', '이고 서울에 삽니다.'],
  ['اسمي ', 'ليلى منصور', ' وأعيش هنا.'],
  ['שמי ', 'נועה ברקוביץ', ' ואני גרה כאן.'],
  ['मेरा नाम ', 'अनन्या श्रीवास्तव', ' है।'],
  ['Ich heiße ', 'Anna Lindqvist', ' und komme aus Berlin.'],
  ['Меня зовут ', 'Аркадий Белозёров', ' и я пишу.'],
  ['Mi chiamo ', 'Ginevra Battistoni', ' e abito qui.'],
  ['Me llamo ', 'Ximena Urdaneta', ' y vivo cerca.'],
  ['Договор подписал ', 'Аркадий Петрович Белозеркин', '.'],
];

const foreign: readonly string[] = [
  'Nach der Installation können Sie Ihre Anwendung starten. Möchten Sie fortfahren? Wählen Sie eine Seite.',
  'Nếu bạn đã có tài khoản, hãy đăng nhập. Tạo một nhà cung cấp mới.',
  'Kata sandi Anda akan dikirim. Masukkan alamat surel Anda.',
  'Yeni sayfa oluştur. Geri al ve devam et.',
  'Jos haluat jatkaa, valitse sivu. Tätä ei voi perua.',
  'Olá! A conta já existe. Máximo de pixels: 10.',
  '사용자 이름은 이미 존재합니다. 고객님께 안내드립니다.',
  'お客さんの名前は空にできません。皆さんにお知らせします。',
  '联系我们的客服。用户名已经存在。',
];

describe('a number of a program or of settings', () => {
  it('becomes a text where a number stood', () => {
    expect(shown('place = {"latitude": 37.334606, "longitude": -122.009102}')).toBe(
      'place = {"latitude": "<GPS>", "longitude": "<GPS>"}',
    );
    expect(shown('"password": 48151623,')).toBe('"password": "<PASSWORD>",');
    expect(shown('PASSWORD=48151623')).toBe('PASSWORD=<PASSWORD>');
  });
});

describe('names in other languages', () => {
  for (const [before, name, behind] of introduced)
    it(`${before}…: what is introduced`, () =>
      expect(shown(before + name + behind)).toBe(`${before}<PERSON>${behind}`));

  for (const text of foreign) it(`${text.slice(0, 24)}…: nobody`, () => expect(shown(text)).toBe(text));
});
