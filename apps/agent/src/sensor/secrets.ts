/*
 * Names of files that hold secrets: what the kernel side compares base names with. One entry per name, each with where it is
 * documented. A name is in the list when reading it in a build is worth a record; what the read means is a detection's business.
 *
 * Deliberately absent: `.env` (every second project ships a harmless one and every framework reads it), `config` or `credentials`
 * without their directory, public keys, certificates.
 */
import type { SecretFamily } from './record.ts'

export interface SecretName {
  readonly family: SecretFamily
  /** Base name of the directory the file is in; any when absent. */
  readonly directory?: string
  /** Base name of the file; any file of `directory` when absent. */
  readonly name?: string
  /** Only on procfs. */
  readonly procfs?: true
  readonly source: string
}

export const SECRET_NAMES: readonly SecretName[] = [
  // Keys of SSH: ssh-keygen(1), FILES.
  { family: 'ssh', name: 'id_rsa', source: 'ssh-keygen(1)' },
  { family: 'ssh', name: 'id_dsa', source: 'ssh-keygen(1)' },
  { family: 'ssh', name: 'id_ecdsa', source: 'ssh-keygen(1)' },
  { family: 'ssh', name: 'id_ecdsa_sk', source: 'ssh-keygen(1)' },
  { family: 'ssh', name: 'id_ed25519', source: 'ssh-keygen(1)' },
  { family: 'ssh', name: 'id_ed25519_sk', source: 'ssh-keygen(1)' },
  { family: 'ssh', name: 'ssh_host_rsa_key', source: 'sshd(8)' },
  { family: 'ssh', name: 'ssh_host_ecdsa_key', source: 'sshd(8)' },
  { family: 'ssh', name: 'ssh_host_ed25519_key', source: 'sshd(8)' },
  // Cloud providers' command line tools.
  { family: 'cloud', directory: '.aws', name: 'credentials', source: 'AWS CLI, Configuration and credential file settings' },
  { family: 'cloud', directory: '.aws', name: 'config', source: 'AWS CLI, Configuration and credential file settings' },
  { family: 'cloud', name: 'application_default_credentials.json', source: 'Google Cloud, Application Default Credentials' },
  { family: 'cloud', directory: 'gcloud', name: 'credentials.db', source: 'gcloud CLI, properties and files' },
  { family: 'cloud', directory: 'gcloud', name: 'access_tokens.db', source: 'gcloud CLI, properties and files' },
  { family: 'cloud', directory: '.azure', name: 'msal_token_cache.json', source: 'Azure CLI, MSAL token cache' },
  { family: 'cloud', directory: '.azure', name: 'msal_token_cache.bin', source: 'Azure CLI, MSAL token cache' },
  { family: 'cloud', directory: '.azure', name: 'accessTokens.json', source: 'Azure CLI before 2.30' },
  { family: 'cloud', directory: '.azure', name: 'service_principal_entries.json', source: 'Azure CLI, service principals' },
  { family: 'cloud', directory: '.azure', name: 'azureProfile.json', source: 'Azure CLI' },
  { family: 'cloud', directory: '.terraform.d', name: 'credentials.tfrc.json', source: 'Terraform, CLI configuration: credentials' },
  { family: 'cloud', name: '.terraformrc', source: 'Terraform, CLI configuration' },
  { family: 'cloud', name: '.vault-token', source: 'Vault, token helper' },
  { family: 'cloud', directory: '.oci', name: 'oci_api_key.pem', source: 'OCI CLI, configuration file' },
  { family: 'cloud', directory: 'doctl', name: 'config.yaml', source: 'doctl, configuration' },
  // Git and forges.
  { family: 'git', name: '.git-credentials', source: 'git-credential-store(1)' },
  { family: 'git', directory: 'git', name: 'credentials', source: 'git-credential-store(1)' },
  { family: 'git', directory: 'gh', name: 'hosts.yml', source: 'GitHub CLI, gh auth login' },
  { family: 'git', name: '.netrc', source: 'ftp(1), used by git and curl' },
  { family: 'git', name: '_netrc', source: 'curl(1)' },
  // Package registries.
  { family: 'package-registry', name: '.npmrc', source: 'npm, npmrc' },
  { family: 'package-registry', name: '.yarnrc.yml', source: 'Yarn, npmAuthToken' },
  { family: 'package-registry', name: '.pypirc', source: 'Python Packaging User Guide, .pypirc' },
  { family: 'package-registry', directory: 'pypoetry', name: 'auth.toml', source: 'Poetry, repositories' },
  { family: 'package-registry', directory: '.cargo', name: 'credentials', source: 'Cargo, credentials before 1.68' },
  { family: 'package-registry', directory: '.cargo', name: 'credentials.toml', source: 'Cargo, credentials' },
  { family: 'package-registry', directory: '.gem', name: 'credentials', source: 'RubyGems, gem signin' },
  { family: 'package-registry', directory: '.m2', name: 'settings.xml', source: 'Maven, settings: servers' },
  { family: 'package-registry', directory: '.m2', name: 'settings-security.xml', source: 'Maven, password encryption' },
  { family: 'package-registry', directory: '.gradle', name: 'gradle.properties', source: 'Gradle, build environment' },
  { family: 'package-registry', directory: 'composer', name: 'auth.json', source: 'Composer, authentication' },
  { family: 'package-registry', directory: '.composer', name: 'auth.json', source: 'Composer, authentication' },
  { family: 'package-registry', name: 'NuGet.Config', source: 'NuGet, nuget.config: packageSourceCredentials' },
  // Containers and clusters.
  { family: 'container', directory: '.docker', name: 'config.json', source: 'docker login' },
  { family: 'container', name: '.dockercfg', source: 'docker login before 1.7' },
  { family: 'container', directory: 'containers', name: 'auth.json', source: 'containers-auth.json(5)' },
  { family: 'container', directory: '.kube', name: 'config', source: 'Kubernetes, kubeconfig' },
  { family: 'container', directory: 'serviceaccount', name: 'token', source: 'Kubernetes, service account admission' },
  { family: 'container', directory: 'kubernetes', name: 'admin.conf', source: 'kubeadm' },
  // Accounts of the machine.
  { family: 'shadow', directory: 'etc', name: 'shadow', source: 'shadow(5)' },
  { family: 'shadow', directory: 'etc', name: 'shadow-', source: 'shadow(5)' },
  { family: 'shadow', directory: 'etc', name: 'gshadow', source: 'gshadow(5)' },
  { family: 'shadow', directory: 'etc', name: 'sudoers', source: 'sudoers(5)' },
  // The runner: its registration, its logs with the (masked) job message.
  { family: 'runner', name: '.credentials', source: 'actions/runner, ConfigurationStore' },
  { family: 'runner', name: '.credentials_rsaparams', source: 'actions/runner, RSAFileKeyManager' },
  { family: 'runner', name: '.runner', source: 'actions/runner, ConfigurationStore' },
  { family: 'runner', directory: '_diag', source: 'actions/runner, trace logs' },
  // Keys and wallets.
  { family: 'other', directory: 'private-keys-v1.d', source: 'gpg-agent(1)' },
  { family: 'other', name: 'secring.gpg', source: 'gpg(1)' },
  { family: 'other', name: 'login.keyring', source: 'gnome-keyring' },
  { family: 'other', name: '.pgpass', source: 'PostgreSQL, password file' },
  { family: 'other', name: '.my.cnf', source: 'MySQL, option files' },
  { family: 'other', name: 'Login Data', source: 'Chromium, password store' },
  { family: 'other', name: 'wallet.dat', source: 'Bitcoin Core' },
  // Another process through /proc: proc(5). A process that reads its own is not reported.
  { family: 'process-memory', name: 'mem', procfs: true, source: 'proc_pid_mem(5)' },
  { family: 'process-memory', name: 'maps', procfs: true, source: 'proc_pid_maps(5)' },
  { family: 'process-memory', name: 'smaps', procfs: true, source: 'proc_pid_smaps(5)' },
  { family: 'process-memory', name: 'kcore', procfs: true, source: 'proc_kcore(5)' },
  { family: 'process-environment', name: 'environ', procfs: true, source: 'proc_pid_environ(5)' },
]

/** Numbers of the families on the kernel side, from 1. */
export const FAMILIES = [
  'ssh',
  'cloud',
  'git',
  'package-registry',
  'container',
  'shadow',
  'runner',
  'process-memory',
  'process-environment',
  'other',
] as const satisfies readonly SecretFamily[]

/** Number of what is no secret: a TLS library, whose opening says where to look for plaintext. */
export const LIBRARY = 200

/** File names of TLS libraries, as their packages install them (Debian, Fedora, Alpine, Conda). */
export const LIBRARY_NAMES = ['libssl.so.3', 'libssl.so.1.1', 'libssl.so.10', 'libssl.so.1.0.0', 'libgnutls.so.30'] as const

/** Room for names in the kernel's keys (`struct secret_name`), NUL included. */
const DIRECTORY_BYTES = 32
const NAME_BYTES = 48
const ON_PROCFS = 0x100

/** Key and value of the kernel map for one entry. @throws {RangeError} when a name is too long to be compared. */
export function secretEntry(secret: SecretName): { key: Uint8Array; value: Uint8Array } {
  return entryOf(secret.directory ?? '', secret.name ?? '', FAMILIES.indexOf(secret.family) + 1 + (secret.procfs ? ON_PROCFS : 0))
}

/** The same for a TLS library. */
export function libraryEntry(name: string): { key: Uint8Array; value: Uint8Array } {
  return entryOf('', name, LIBRARY)
}

function entryOf(directory: string, name: string, number: number): { key: Uint8Array; value: Uint8Array } {
  const key = Buffer.alloc(DIRECTORY_BYTES + NAME_BYTES)
  putName(key.subarray(0, DIRECTORY_BYTES), directory)
  putName(key.subarray(DIRECTORY_BYTES), name)
  const value = Buffer.alloc(4)
  value.writeUInt32LE(number)
  return { key, value }
}

function putName(to: Buffer, name: string): void {
  if (Buffer.byteLength(name) >= to.length) throw new RangeError(`the secret name ${name} is longer than ${to.length - 1} bytes`)
  to.write(name)
}
