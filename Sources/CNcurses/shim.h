// ncurses with wide characters; globals and macros that Swift cannot import, as inline functions.
#pragma once
#define _XOPEN_SOURCE 700
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#include <locale.h>
#include <ncurses.h>
#include <term.h>
