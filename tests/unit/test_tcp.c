/* The TCP link against a listener of this test: connecting, a refused connection, full buffers, a peer that goes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drivers/link/tcp.h"

static int listen_here(int *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

static void wait_for(int fd, short events)
{
	struct pollfd poller = {.fd = fd, .events = events};

	assert_int_equal(poll(&poller, 1, 10000), 1);
}

static struct tcp *connect_to(int port)
{
	struct tcp *tcp = NULL;

	assert_int_equal(tcp_open("127.0.0.1", port, &tcp), 0);
	wait_for(tcp_fd(tcp), POLLOUT);
	assert_int_equal(tcp_connected(tcp), 0);
	assert_int_equal(tcp_connected(tcp), 0);
	return tcp;
}

static void test_bytes_both_ways(void **state)
{
	int port, listener = listen_here(&port);
	struct tcp *tcp = connect_to(port);
	int peer = accept(listener, NULL, NULL);
	char bytes[16];

	assert_int_equal(tcp_read(tcp, bytes, sizeof bytes), 0); /* nothing yet, and no waiting */
	assert_int_equal(tcp_write(tcp, "hello", 5), 5);
	assert_int_equal(recv(peer, bytes, 5, MSG_WAITALL), 5);
	assert_memory_equal(bytes, "hello", 5);
	assert_int_equal(send(peer, "yes", 3, 0), 3);
	wait_for(tcp_fd(tcp), POLLIN);
	assert_int_equal(tcp_read(tcp, bytes, sizeof bytes), 3);
	assert_memory_equal(bytes, "yes", 3);
	tcp_close(tcp);
	assert_int_equal(recv(peer, bytes, 5, 0), 0);
	close(peer);
	close(listener);
}

static void test_keeps_alive(void **state)
{
	int port, listener = listen_here(&port), value = 0;
	struct tcp *tcp = connect_to(port);
	socklen_t size = sizeof value;

	assert_int_equal(getsockopt(tcp_fd(tcp), SOL_SOCKET, SO_KEEPALIVE, &value, &size), 0);
	assert_true(value);
	assert_int_equal(getsockopt(tcp_fd(tcp), IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &size), 0);
	assert_int_equal(value, TCP_DEAD_AFTER / NS_PER_MS);
	tcp_close(tcp);
	close(listener);
}

static void test_refused(void **state)
{
	int port, listener = listen_here(&port);
	struct tcp *tcp = NULL;

	close(listener);
	int error = tcp_open("127.0.0.1", port, &tcp);
	if (!error) {
		wait_for(tcp_fd(tcp), POLLOUT);
		error = tcp_connected(tcp);
		tcp_close(tcp);
	}
	assert_int_equal(error, -ECONNREFUSED);
}

static void test_names_are_no_addresses(void **state)
{
	struct tcp *tcp = NULL;

	assert_null(tcp_host_refusal("192.168.1.50"));
	assert_non_null(tcp_host_refusal("board.example"));
	assert_non_null(tcp_host_refusal("192.168.1"));
	assert_non_null(tcp_host_refusal(""));
	assert_int_equal(tcp_open("board.example", 5005, &tcp), -EINVAL);
	assert_null(tcp);
}

/* A peer that reads nothing: what does not fit is refused, and nothing waits. */
static void test_full(void **state)
{
	static const char bytes[65536];
	int port, listener = listen_here(&port);
	struct tcp *tcp = connect_to(port);
	int written = 1;

	for (int i = 0; i < 10000 && written > 0; i++)
		written = tcp_write(tcp, bytes, sizeof bytes);
	assert_int_equal(written, 0);
	tcp_close(tcp);
	close(listener);
}

static void test_peer_goes(void **state)
{
	int port, listener = listen_here(&port);
	struct tcp *tcp = connect_to(port);
	int peer = accept(listener, NULL, NULL);
	char byte;

	close(peer);
	wait_for(tcp_fd(tcp), POLLIN);
	assert_int_equal(tcp_read(tcp, &byte, 1), -ECONNRESET);
	int written = 0;
	for (int i = 0; i < 100 && written >= 0; i++) { /* no SIGPIPE */
		written = tcp_write(tcp, "x", 1);
		poll(NULL, 0, 1);
	}
	assert_true(written == -EPIPE || written == -ECONNRESET);
	tcp_close(tcp);
	tcp_close(NULL);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_both_ways),
		cmocka_unit_test(test_keeps_alive),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_names_are_no_addresses),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_peer_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
