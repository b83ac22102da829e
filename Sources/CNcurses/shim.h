// The low-level part of ncurses: the terminfo database (X/Open Curses, Issue 7).
#pragma once
#include <curses.h>
#include <term.h>
#include <langinfo.h>
