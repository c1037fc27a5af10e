/* What errno says. glibc has its own translations, but where no locale is generated it does not use them. */
#include "base/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those that a program of ours can meet, as glibc words them; tests/unit/test_words.c compares. */
static const char *const met[] = {N_("Operation not permitted"), N_("No such file or directory"),
	N_("No such process"), N_("Interrupted system call"), N_("Input/output error"),
	N_("No such device or address"), N_("Argument list too long"), N_("Exec format error"),
	N_("Bad file descriptor"), N_("No child processes"), N_("Resource temporarily unavailable"),
	N_("Cannot allocate memory"), N_("Permission denied"), N_("Bad address"),
	N_("Device or resource busy"), N_("File exists"), N_("Invalid cross-device link"),
	N_("No such device"), N_("Not a directory"), N_("Is a directory"), N_("Invalid argument"),
	N_("Too many open files in system"), N_("Too many open files"), N_("Inappropriate ioctl for device"),
	N_("Text file busy"), N_("File too large"), N_("No space left on device"), N_("Illegal seek"),
	N_("Read-only file system"), N_("Too many links"), N_("Broken pipe"),
	N_("Numerical argument out of domain"), N_("Numerical result out of range"),
	N_("Resource deadlock avoided"), N_("File name too long"), N_("Function not implemented"),
	N_("Directory not empty"), N_("Too many levels of symbolic links"), N_("No message of desired type"),
	N_("No data available"), N_("Protocol error"), N_("Bad message"),
	N_("Value too large for defined data type"), N_("Invalid or incomplete multibyte or wide character"),
	N_("Socket operation on non-socket"), N_("Destination address required"), N_("Message too long"),
	N_("Protocol not available"), N_("Protocol not supported"), N_("Operation not supported"),
	N_("Address family not supported by protocol"), N_("Address already in use"),
	N_("Cannot assign requested address"), N_("Network is down"), N_("Network is unreachable"),
	N_("Network dropped connection on reset"), N_("Software caused connection abort"),
	N_("Connection reset by peer"), N_("No buffer space available"),
	N_("Transport endpoint is already connected"), N_("Transport endpoint is not connected"),
	N_("Cannot send after transport endpoint shutdown"), N_("Connection timed out"),
	N_("Connection refused"), N_("Host is down"), N_("No route to host"),
	N_("Operation already in progress"), N_("Operation now in progress"), N_("Stale file handle"),
	N_("Remote I/O error"), N_("Disk quota exceeded"), N_("No medium found"), N_("Wrong medium type"),
	N_("Operation canceled"), N_("Required key not available"), N_("Key has expired"),
	N_("Key was rejected by service"), N_("Streams pipe error"), N_("Timer expired"),
	N_("Structure needs cleaning"), N_("Unknown error"), N_("Success")};

const char *words_error(int error)
{
	const char *text = strerrordesc_np(abs(error));

	(void)met;
	return _(text ? text : "Unknown error");
}
