/* Calls that overflow, truncate silently or keep hidden state: using one is a compile error. Included by force. */
#ifndef SANZHI_BANNED_H
#define SANZHI_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok atoi atol atoll
#pragma GCC poison ctime asctime localtime gmtime mktime

#endif
