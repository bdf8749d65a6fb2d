/*
 * Programs that run code or follow configuration from the folder they are started in: "living off the pipeline". Facts follow
 * boostsecurityio/lotp and CodeQL's `poisonable_steps` (MIT); the selection is ours.
 */

/** Programs that do so whatever their arguments. */
export const RUNS_FOLDER: ReadonlySet<string> = new Set([
  'ant', 'asv', 'bundle', 'bundler', 'bun', 'bunx', 'buf', 'bazel', 'bazelisk', 'brew', 'checkov', 'cmake', 'composer', 'conan', 'ctest', 'deno', 'earthly', 'eslint', 'gomplate', 'goreleaser', 'gradle', 'gradlew', 'hatch', 'helm', 'jekyll',
  'just', 'lerna', 'make', 'gmake', 'mage', 'mdformat', 'meson', 'mix', 'mkdocs', 'msbuild', 'mvn', 'mvnw', 'mypy', 'ninja', 'npm', 'npx', 'nox', 'nx', 'pdm', 'phpstan', 'phpunit', 'pio', 'platformio', 'pnpm', 'pnpx', 'poetry', 'pre-commit', 'prettier', 'pylint', 'pytest', 'rake',
  'rails', 'rspec', 'rubocop', 'rush', 'sbt', 'scons', 'sonar-scanner', 'stylelint', 'swift', 'task', 'terraform', 'terragrunt', 'tflint', 'tofu', 'tox', 'trunk', 'tsc', 'turbo', 'uv', 'uvx', 'vite', 'vitest', 'webpack', 'xcodebuild', 'yarn', 'zig',
])

/** Programs that do so with certain first arguments. */
export const RUNS_FOLDER_WITH: ReadonlyMap<string, RegExp> = new Map([
  ['cargo', /^(?:build|test|run|bench|check|clippy|doc|install|publish|nextest|xtask|fuzz|make|metadata|package)$/],
  ['go', /^(?:generate|run|test|build|install|vet|tool)$/],
  ['dotnet', /^(?:build|test|run|restore|publish|pack|msbuild|tool)$/],
  ['pip', /^(?:install|wheel)$/],
  ['pip3', /^(?:install|wheel)$/],
  ['pipx', /^(?:install|run)$/],
  ['docker', /^(?:build|buildx|compose|bake)$/],
  ['docker-compose', /./],
  ['podman', /^build$/],
  ['flutter', /./],
  ['dart', /^(?:run|pub|test|compile)$/],
  ['nix', /^(?:build|develop|run|shell|flake)$/],
  ['golangci-lint', /./],
  ['sphinx-build', /./],
  ['changeset', /./],
])

/** Interpreters that run a file given to them. */
export const INTERPRETERS: ReadonlySet<string> = new Set(['bash', 'sh', 'zsh', 'fish', 'dash', 'node', 'python', 'python3', 'python2', 'ruby', 'perl', 'php', 'pwsh', 'powershell', 'Rscript', 'julia', 'lua', 'ts-node', 'tsx', 'groovy', 'source', '.', 'java', 'julia', 'elixir'])

/** Actions that run code or follow configuration from the working folder. */
export const RUNS_FOLDER_ACTIONS: ReadonlySet<string> = new Set([
  'actions/jekyll-build-pages', 'azure/powershell', 'azure/webapps-deploy', 'bridgecrewio/checkov-action', 'changesets/action', 'chromaui/action', 'codecov/codecov-action', 'cypress-io/github-action', 'docker/build-push-action', 'docker/bake-action', 'earthly/actions-setup',
  'github/super-linter', 'super-linter/super-linter', 'golangci/golangci-lint-action', 'goreleaser/goreleaser-action', 'gradle/gradle-build-action', 'hadolint/hadolint-action', 'megalinter/megalinter', 'oxsecurity/megalinter', 'pre-commit/action', 'psf/black',
  'qcastel/github-actions-maven/actions/maven', 'ruby/setup-ruby', 'sonarsource/sonarcloud-github-action', 'sonarsource/sonarqube-scan-action', 'treosh/lighthouse-ci-action', 'trunk-io/trunk-action', 'bahmutov/npm-install', 'borales/actions-yarn', 'pnpm/action-setup', 'astral-sh/ruff-action',
  'check-spelling/check-spelling', 'crate-ci/typos', 'lowlighter/metrics', 'andresz1/size-limit-action', 'preactjs/compressed-size-action', 'hashicorp/setup-terraform', 'nick-fields/retry', 'gulpjs/gulp-action', 'ahmadnassri/action-dependabot-auto-merge', 'peaceiris/actions-hugo', 'devcontainers/ci',
])
