package probe; final class P {}
