/** Words that look like names in what agents read and write, and are none: products, languages, models, months. */
export const notPeople: ReadonlySet<string> = new Set(
  `claude gemini gemma sonnet opus haiku llama mistral mixtral qwen grok copilot cursor devin codex aider cline
  ruby julia crystal dart elixir scala perl lua haskell ada pascal fortran cobol eiffel erlang clojure racket scheme groovy
  kotlin swift java javascript typescript python rust golang nim zig solidity delphi scratch prolog simula smalltalk lisp
  jenkins travis circleci argo helm istio envoy consul vault nomad vagrant packer puppet chef salt ansible terraform
  docker podman kubernetes rancher harbor traefik nginx caddy apache tomcat jetty kong varnish squid
  daphne uvicorn gunicorn hypercorn waitress nimbus arial helvetica georgia verdana roboto garamond calibri cambria
  django flask bottle tornado celery pandas numpy scipy jupyter keras torch jax spark hadoop hive pig kafka flink storm beam
  cassandra redis mongo mongodb mongoose oracle postgres postgresql mysql sqlite maria mariadb neo elastic elasticsearch
  kibana logstash grafana prometheus loki jaeger zipkin sentry datadog splunk
  jasmine jest mocha chai sinon karma cypress selenium puppeteer playwright vitest enzyme cucumber gherkin behat
  react redux angular vue svelte ember backbone preact remix astro gatsby hugo jekyll hexo eleventy nuxt next vercel netlify
  heroku supabase prisma drizzle knex sequelize babel webpack rollup parcel esbuild vite grunt gulp bower yarn lerna turbo
  maven gradle ant ivy bazel buck pants ninja meson conan homebrew chocolatey scoop nix guix
  ubuntu debian fedora centos arch gentoo suse alpine android ios macos windows linux darwin solaris unix posix
  github gitlab bitbucket gitea jira confluence trello asana notion slack discord teams zoom skype figma sketch linear
  google microsoft amazon apple meta facebook twitter openai anthropic nvidia intel amd ibm adobe salesforce sap cisco vmware
  mozilla firefox chrome chromium safari edge opera brave netscape cloudflare fastly akamai stripe paypal square twilio
  azure aws gcp lambda bedrock vertex sagemaker watson alexa siri cortana
  unicode ascii utf mime jpeg gif png latex tex markdown yaml toml json xml html css sass less stylus
  monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
  october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun
  januar februar märz marz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag
  janvier février fevrier mars avril juin juillet août aout septembre octobre novembre décembre decembre lundi mardi mercredi jeudi vendredi samedi dimanche
  enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miercoles jueves viernes sabado domingo
  english french german spanish italian portuguese dutch russian chinese japanese korean arabic hindi latin greek
  fibonacci dijkstra euler gauss fourier bayes bernoulli markov turing boolean cartesian euclidean gaussian lagrange laplace
  newton pareto poisson zipf hamming levenshtein jaccard unix mersenne monte carlo huffman bloom kalman bezier catmull
  sandbox lorem ipsum dolor amet foo bar baz qux alice bob carol dave eve mallory trent
  android bluetooth wifi ethernet gnome gnu kde emacs vim neovim nano eclipse netbeans intellij pycharm webstorm xcode
  anaconda conda pip poetry rye hatch mamba pipenv pydantic ollama vllm langchain langgraph chroma pinecone weaviate qdrant
  milvus hermes apollo athena zeus atlas phoenix titan orion luna nova aurora stella iris echo sage juno hera
  mercury venus mars jupiter saturn neptune pluto electra calypso avalon arcadia eden zion olympus delta sigma omega
  christmas easter halloween ramadan hanukkah god lord jesus christ allah buddha bible quran torah
  mit bsd gpl lgpl agpl mpl isc creative commons berkeley stanford harvard oxford cambridge princeton yale
  excel word powerpoint outlook gmail chatgpt gpt bard perplexity whisper dalle sora midjourney
  tesla toyota honda nissan mazda hyundai mercedes audi lexus bmw porsche volkswagen volvo ford chevrolet boeing airbus lufthansa delta
  netflix spotify hulu disney dropbox doordash uber lyft airbnb hilton marriott ikea walmart costco target nike adidas zara gucci prada
  pfizer moderna bayer novartis siemens bosch philips samsung sony nintendo xbox playstation panasonic huawei xiaomi lenovo dell asus
  visa mastercard paypal venmo revolut wise chase citibank barclays telegram whatsapp instagram tiktok snapchat reddit youtube linkedin
  wikipedia wikimedia quora medium substack shopify etsy ebay alibaba deepseek kimi moonshot cohere databricks snowflake palantir
  prettier husky axios lodash moment luxon zod yup joi postman insomnia swagger storybook chromatic cypress
  true false null none undefined nan inf error exception warning info debug trace fatal
  sir madam bot user assistant system human agent admin tool model`.split(/\s+/),
);
