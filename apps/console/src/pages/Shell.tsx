import { Menu } from '@base-ui/react/menu'
import { useQuery } from '@tanstack/react-query'
import { Check, CircleHelp, CircleUserRound, LogOut, Monitor, Moon, Sun } from 'lucide-react'
import { useEffect, useState } from 'react'
import { NavLink, Outlet, ScrollRestoration, useLocation, useNavigate, useNavigation } from 'react-router'
import { onUnauthorized } from '../api/client.ts'
import { forgetJobStores } from '../api/job-store.ts'
import { sessionQuery, signOut } from '../api/queries.ts'
import { type StreamState, useStream } from '../api/stream.ts'
import { exactTime } from '../format/format.ts'
import { path } from '../path.ts'
import { announce } from '../ui/announce.ts'
import { Announcer } from '../ui/Announcer.tsx'
import { HelpDialog } from '../ui/HelpDialog.tsx'
import { useHotkeys } from '../ui/hotkeys.ts'
import { Logo } from '../ui/Logo.tsx'
import { Prose } from '../ui/MachineText.tsx'
import { PeekLayer } from '../ui/PeekLayer.tsx'
import { setTheme, type Theme, THEMES, useTheme } from '../ui/theme.ts'

/** Places of the console. Later ones (findings, hunt, policies …) join this list; nothing empty is built before. */
const PLACES = [{ name: 'Runs', to: path.runs() }] as const

export function Shell() {
  const [help, setHelp] = useState(false)
  const navigate = useNavigate()
  const location = useLocation()
  const navigation = useNavigation()
  const stream = useStream()

  useHotkeys({ '?': () => setHelp(true), 'g r': () => void navigate(path.runs()) })
  useEffect(
    () => onUnauthorized(() => void navigate(path.signIn(`${location.pathname}${location.search}`), { replace: true })),
    [navigate, location],
  )

  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <NavLink to={path.home()} className="brand" aria-label="Gatehouse, home">
          <Logo />
          <span className="brand-name">Gatehouse</span>
        </NavLink>
        <nav aria-label="Main" className="places">
          {PLACES.map((place) => (
            <NavLink key={place.to} to={place.to} className="place">
              {place.name}
            </NavLink>
          ))}
        </nav>
        <div className="top-end">
          <StreamBadge state={stream} />
          <button type="button" className="icon-button" aria-label="Keyboard and help" onClick={() => setHelp(true)}>
            <CircleHelp size={16} aria-hidden="true" />
          </button>
          <ThemeMenu />
          <AccountMenu />
        </div>
        {navigation.state === 'idle' ? null : <div className="progress" />}
      </header>
      <main id="main" className="main" tabIndex={-1} key={location.pathname.split('/')[2] ?? 'list'}>
        <Outlet />
      </main>
      <HelpDialog open={help} onOpenChange={setHelp} />
      <PeekLayer />
      <Announcer />
      <ScrollRestoration />
    </div>
  )
}

const STREAM_WORDS: Readonly<Record<StreamState, { word: string; means: string }>> = {
  live: { word: 'Live', means: 'What is shown changes by itself.' },
  connecting: { word: 'Connecting', means: 'Waiting for the server.' },
  interrupted: {
    word: 'Not live',
    means: 'The connection to the server is interrupted; what is shown may be old. It is tried again by itself.',
  },
}

function StreamBadge({ state }: { readonly state: StreamState }) {
  const { word, means } = STREAM_WORDS[state]
  return (
    <output className={`stream stream-${state}`} title={means}>
      <span className="dot" aria-hidden="true" />
      {word}
    </output>
  )
}

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon } as const
const THEME_NAMES: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' }

function ThemeMenu() {
  const theme = useTheme()
  const Icon = THEME_ICONS[theme]
  return (
    <Menu.Root>
      <Menu.Trigger className="icon-button" aria-label={`Theme: ${THEME_NAMES[theme]}`}>
        <Icon size={16} aria-hidden="true" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="end" className="layer">
          <Menu.Popup className="menu">
            <Menu.RadioGroup value={theme} onValueChange={(value: Theme) => setTheme(value)}>
              {THEMES.map((each) => (
                <Menu.RadioItem key={each} value={each} className="menu-item" closeOnClick>
                  <span className="menu-check">
                    <Menu.RadioItemIndicator>
                      <Check size={14} aria-hidden="true" />
                    </Menu.RadioItemIndicator>
                  </span>
                  {THEME_NAMES[each]}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}

function AccountMenu() {
  const { data: session } = useQuery(sessionQuery)
  const navigate = useNavigate()
  const leave = async (): Promise<void> => {
    try {
      await signOut()
      forgetJobStores()
      await navigate(path.signIn())
    } catch {
      announce('Signing out failed: the server does not answer')
    }
  }
  return (
    <Menu.Root>
      <Menu.Trigger className="account">
        <span className="sr-only">Account: </span>
        <CircleUserRound size={16} aria-hidden="true" />
        <span className="account-name">{session === undefined ? '' : <Prose text={session.user} />}</span>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="end" className="layer">
          <Menu.Popup className="menu">
            {session === undefined ? null : (
              <div className="menu-note">
                <strong>
                  <Prose text={session.user} />
                </strong>{' '}
                in <Prose text={session.organization} />
                <br />
                Signed in until {exactTime(session.expiresAt)}
              </div>
            )}
            <Menu.Item className="menu-item" onClick={() => void leave()}>
              <span className="menu-check">
                <LogOut size={14} aria-hidden="true" />
              </span>
              Sign out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
