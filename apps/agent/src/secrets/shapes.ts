/*
 * What a secret looks like. Two lists: tokens that give themselves away by their form, and places in a command line whose value is a
 * secret whatever its form. Every repetition has an upper bound, so hostile text cannot make a pattern take quadratic time.
 */

/**
 * Prefixes and forms that issuers document for their own tokens, so that scanners can find them.
 * Sources: the secret-scanning pattern pages of GitHub, GitLab, npm, PyPI, AWS, Google, Slack, Stripe and the other issuers named here.
 */
const TOKEN_SHAPES: readonly string[] = [
  'gh[pousr]_[A-Za-z0-9_]{16,1024}', // GitHub: personal, OAuth, user-to-server, server-to-server, refresh
  'github_pat_[A-Za-z0-9_]{16,1024}',
  'npm_[A-Za-z0-9]{16,255}',
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,32}', // AWS access key ids
  'eyJ[A-Za-z0-9_-]{8,2048}\\.[A-Za-z0-9_-]{4,8192}(?:\\.[A-Za-z0-9_-]{0,2048})?', // JSON Web Token
  '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?',
  'gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{16,255}', // GitLab
  'xox[abeoprs]-[A-Za-z0-9-]{10,255}', // Slack
  'xapp-[A-Za-z0-9-]{10,255}',
  '/services/T[A-Z0-9]{6,16}/B[A-Z0-9]{6,16}/[A-Za-z0-9]{16,64}', // Slack incoming webhook
  '/api/webhooks/[0-9]{15,22}/[A-Za-z0-9_-]{32,128}', // Discord webhook
  'bot[0-9]{6,12}:[A-Za-z0-9_-]{30,64}', // Telegram
  '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,255}', // Stripe
  'whsec_[A-Za-z0-9+/=]{16,255}',
  'sk-[A-Za-z0-9_-]{20,255}', // OpenAI, Anthropic
  'AIza[A-Za-z0-9_-]{30,40}', // Google API key
  'ya29\\.[A-Za-z0-9_-]{20,2048}', // Google OAuth
  'GOCSPX-[A-Za-z0-9_-]{20,64}',
  'pypi-[A-Za-z0-9_-]{16,512}',
  'rubygems_[a-f0-9]{32,64}',
  'cio[A-Za-z0-9]{32}', // crates.io
  'dckr_(?:pat|oat)_[A-Za-z0-9_-]{16,255}',
  'hf_[A-Za-z0-9]{20,255}',
  'hv[sbr]\\.[A-Za-z0-9_-]{20,512}', // Vault
  'do[opr]_v1_[a-f0-9]{32,64}', // DigitalOcean
  'SG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,64}', // SendGrid
  'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}',
  'lin_api_[A-Za-z0-9]{32,64}',
  'tskey-[A-Za-z0-9-]{16,128}',
  'dapi[a-f0-9]{32}',
  'AGE-SECRET-KEY-1[A-Z0-9]{40,64}',
]

/** Names whose value is a secret: `--NAME value`, `NAME=value`, `"name": "value"`, `?name=value`. */
const SECRET_NAMES =
  '(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|account[_-]?key|signing[_-]?key|encryption[_-]?key|auth|credentials?|signature|sig|jwt|bearer|cookie)'

/** Whole tokens. Boundaries are looked at, not consumed; `/` and `bot` forms bring their own. */
export function tokenPattern(caseless: boolean): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])(?:${TOKEN_SHAPES.join('|')})`, caseless ? 'gi' : 'g')
}

/** Each pattern captures what stays in `keep` and the secret itself in `secret`. */
export function placePatterns(): readonly RegExp[] {
  return [
    // scheme://user:password@host. The user name stays, it is needed to understand the line.
    /(?<keep>(?<![a-z0-9])[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/?#@:]{0,256}:)(?<secret>[^\s/?#@]{1,1024})(?=@)/gi,
    // https://token@host
    /(?<keep>(?<![a-z0-9])https?:\/\/)(?<secret>[^\s/?#@:‹]{8,1024})(?=@)/gi,
    // Header lines in arguments, as in `curl -H` and git's http.extraheader.
    /(?<keep>(?<![a-z0-9-])(?:(?:proxy-)?authorization|private-token|job-token|deploy-token|cookie|x-[a-z0-9-]{0,32}(?:key|token|secret|signature)[a-z0-9-]{0,16})["']?[:=] {0,4})(?<secret>[^"'\r\n]{1,4096})/gi,
    // NAME=value, "name":"value", ?name=value, --name=value. `$…` is a reference, not the secret.
    new RegExp(
      `(?<keep>(?<![A-Za-z0-9])(?:[\\w.]{1,40}[_.-])?(?:[a-z0-9]{0,20})${SECRET_NAMES}["']?(?:=| {0,2}: {0,2}| = )["']?)(?<secret>(?![$\`‹{])[^\\s"'&;|)<>‹]{1,4096})`,
      'gi',
    ),
    // --password value, inside one argument such as that of `sh -c`.
    new RegExp(`(?<keep>(?<![\\w-])--(?:[\\w-]{1,40}-)?${SECRET_NAMES} {1,4}["']?)(?<secret>(?![-$\`‹])[^\\s"';|&)]{1,4096})`, 'gi'),
  ]
}

/** An option whose value, the next argument, is a secret. */
export function isSecretOption(argument: string): boolean {
  return argument.length <= 80 && SECRET_OPTION.test(argument)
}
const SECRET_OPTION = new RegExp(`^--?(?:[\\w-]{1,40}[-_])?${SECRET_NAMES}$`, 'i')

/** Options that take `user:password`. */
export const USER_OPTIONS: ReadonlySet<string> = new Set(['-u', '--user', '-U', '--proxy-user', '--auth', '-a'])

/** Programs whose `-p` takes a password; everywhere else it is a port, a path or a flag. */
export const PASSWORD_P_PROGRAMS: ReadonlySet<string> = new Set([
  'mysql',
  'mysqldump',
  'mysqladmin',
  'mariadb',
  'sshpass',
  'docker',
  'podman',
  'helm',
  'sqlcmd',
])

/** Environment names whose value we know to be a secret when it stands in our own environment. */
export const SECRET_ENVIRONMENT = /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?|_AUTH)$/i
