import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

/** NIO: a selector that echoes, a client, and a watched folder that tells of each file. Network LOG FOLDER */
public class Network {
    private static void echo(ServerSocketChannel server) {
        try (Selector selector = Selector.open()) {
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            ByteBuffer buffer = ByteBuffer.allocateDirect(64);
            while (true) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isAcceptable()) {
                        SocketChannel peer = server.accept();
                        peer.configureBlocking(false);
                        peer.register(selector, SelectionKey.OP_READ);
                    } else {
                        ((SocketChannel) key.channel()).read(buffer.clear());
                        ((SocketChannel) key.channel()).write(buffer.flip());
                    }
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public static void main(String[] args) throws Exception {
        Path log = Path.of(args[0]), folder = Files.createDirectories(Path.of(args[1], "watched"));
        ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread echo = new Thread(() -> echo(server));
        echo.setDaemon(true);
        echo.start();
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        WatchService watch = folder.getFileSystem().newWatchService();
        folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
        for (long n = 1; n < 12000; n++) {
            ByteBuffer message = ByteBuffer.allocate(8).putLong(n).flip();
            client.write(message);
            message.clear();
            while (message.hasRemaining() && client.read(message) >= 0) {}
            boolean well = message.flip().remaining() == 8 && message.getLong() == n;
            Path file = Files.createFile(folder.resolve("f" + n));
            WatchKey key = watch.poll(20, TimeUnit.SECONDS);
            well &= key != null
                    && key.pollEvents().stream().anyMatch(e -> file.getFileName().equals(e.context()))
                    && key.reset();
            Files.delete(file);
            Files.writeString(
                    log, well ? n + " ok\n" : "FAIL " + n + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            Thread.sleep(50);
        }
    }
}
