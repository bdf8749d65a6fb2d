import { createBrowserRouter, Navigate } from 'react-router'
import { path } from './path.ts'
import { NotFound } from './pages/NotFound.tsx'
import { RouteError } from './pages/RouteError.tsx'
import { Shell } from './pages/Shell.tsx'
import { Starting } from './pages/Starting.tsx'

/** Pages are loaded when they are first wanted; each exports `Component` and, where it fetches, `loader`. */
export const router = createBrowserRouter([
  {
    path: '/sign-in',
    lazy: () => import('./pages/SignIn.tsx'),
    ErrorBoundary: RouteError,
    HydrateFallback: Starting,
  },
  {
    path: '/',
    Component: Shell,
    HydrateFallback: Starting,
    ErrorBoundary: RouteError,
    children: [
      { index: true, element: <Navigate to={path.runs()} replace /> },
      {
        ErrorBoundary: RouteError,
        children: [
          { path: 'runs', lazy: () => import('./pages/runs/RunsPage.tsx') },
          {
            path: 'runs/:run/:tab?',
            lazy: () => import('./pages/run/RunPage.tsx'),
            shouldRevalidate: ({ currentParams, nextParams }) => currentParams['run'] !== nextParams['run'],
          },
          { path: '*', Component: NotFound },
        ],
      },
    ],
  },
])
