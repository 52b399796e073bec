/**
 * Words that begin sentences, or are written with a capital, and are nobody: pronouns, articles, conjunctions, question words
 * and the like, in languages whose texts agents read. Lower case. Some are names too: who is called so is introduced, or
 * has a surname behind it.
 */
const functionWords: ReadonlySet<string> = new Set(
  `sie ihr ihre ihrem ihren ihrer ihres ihnen wir uns unser unsere unseren unserem unserer ich du er es man mich mir dich dir ihn ihm
  mein meine meinen meinem meiner dein deine deinen sein seine seinen seinem seiner euer eure der die den dem des ein eine einen einem
  einer kein keine keinen dies diese diesen dieser dieses diesem jede jeder jedes jeden alle alles viele einige mehrere und oder aber denn
  doch wenn falls weil dass damit sobald solange bevor nachdem während obwohl als wie wo was wer wen wem wann warum wieso weshalb welche
  welcher welches hier dort dann danach dabei dazu darum deshalb daher außerdem jedoch auch nur noch schon nun jetzt bitte danke ja nein
  im in ins am an auf aus bei beim mit nach seit von vom vor zu zum zur über unter für ohne durch gegen um bis ab
  je tu il elle on nous vous ils elles moi toi lui leur leurs mon ma mes ton ta tes son sa ses notre votre nos vos le la les un une des du
  au aux ce cet cette ces cela ceci et ou mais donc or ni car si quand lorsque comme puisque parce que qui quoi dont où pourquoi comment
  quel quelle quels quelles dans sur sous avec sans pour par chez entre vers depuis pendant avant après alors ainsi aussi puis ensuite
  enfin voici voilà oui non merci
  yo tú él ella ello nosotros nosotras vosotros ustedes usted ellos ellas mi mis tu tus su sus nuestro nuestra nuestros nuestras el los las
  uno unos unas este esta esto estos estas ese esa eso esos esas aquel aquella y e o u pero sino aunque porque pues como cuando donde
  quien quienes cual cuales qué quién cuál cuándo dónde cómo por para con sin sobre entre desde hasta hacia según durante antes después
  también además entonces luego así ahora aquí allí sí gracias
  io lui lei noi voi loro mio mia miei mie tuo tua suo sua nostro nostra vostro vostra gli uno questa questo questi queste quello quella
  quelli quelle ed ma però perché poiché quando dove come chi che cosa quale quali anche ancora allora così poi adesso ora qui lì sono
  della dello degli delle nel nella nello negli nelle sul sulla dal dalla con senza tra fra grazie
  eu ele ela nós vós eles elas você vocês meu minha meus minhas teu tua seu sua seus suas nosso nossa os as um uma uns umas este esta isto
  esse essa isso aquele aquela aquilo mas porém porque pois como quando onde quem qual quais também além então depois assim agora aqui
  ali sim não obrigado obrigada do da dos das no na nos nas pelo pela pelos pelas com sem sobre entre até desde
  ik jij je hij zij ze wij we jullie u mijn jouw zijn haar ons onze hun het een deze dit dat die en of maar want omdat als wanneer waar
  wie wat hoe waarom welke hier daar dan toen dus ook nog niet geen wel naar met zonder voor door uit bij tot
  ja ty on ona ono my wy oni one mój moja moje twój twoja jego jej nasz nasza wasz ich ten ta te tego tej i oraz lub albo ale jednak
  ponieważ gdy kiedy gdzie kto co jak dlaczego który która które tutaj tam teraz potem także również nie tak
  jag du han hon vi ni de dem min mitt din ditt hans hennes vår vårt er ert detta denna dessa och eller men eftersom när där vem vad hur
  varför vilken här nu sedan också inte jeg hun mig dig vores jeres dette denne disse eller men fordi når hvor hvem hvad hvordan hvorfor
  her der nu også ikke minä sinä hän me te he minun sinun hänen tämä tuo nämä ja tai mutta koska kun missä kuka mikä miten miksi
  ben sen biz siz onlar benim senin onun bizim bu şu ve veya ama çünkü eğer nerede kim ne nasıl neden şimdi burada
  eu tu el ea noi voi ei ele meu mea tău ta său sa acest această și sau dar pentru când unde cine ce cum acum aici nu da
  én te ő mi ti ők az egy ez és vagy de mert ha amikor hol ki mit hogyan miért itt most nem igen
  anda kami kita saya dia mereka yang ini itu dan atau dengan untuk dari pada tidak bukan jika kata bahasa
  nếu khi tôi bạn chúng này và hoặc nhưng không các những cho của với
  já ty on ona my vy oni můj moje tvůj jeho její náš tento tato toto a nebo ale protože když kde kdo co jak proč zde teď ne ano`.split(
    /\s+/,
  ),
);

/** Whether a word, as it stands, is written as such a word is: a capital and small letters. */
export function isFunctionWord(word: string): boolean {
  return functionWords.has(word.toLowerCase()) && word.slice(1) === word.slice(1).toLowerCase();
}
