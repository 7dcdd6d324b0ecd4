// Makes an album with the npm client "webdav", puts a photo in, renames it, writes a file to the inbox under a lock, and says what it saw.
import { createClient } from "webdav";

const [, , url, username, password, album, photo] = process.argv;
const client = createClient(url, { username, password });
const names = async (folder) => (await client.getDirectoryContents(folder)).map((entry) => `${entry.basename}:${entry.type}:${entry.size}:${entry.mime}`).join(" ");

await client.createDirectory(album);
await client.copyFile(photo, `${album}/one.jpg`);
await client.moveFile(`${album}/one.jpg`, `${album}/two.jpg`);
console.log("album", await names(album));
console.log("photo", (await client.getFileContents(`${album}/two.jpg`)).length);

await client.putFileContents("/Inbox/npm.txt", "hello");
const lock = await client.lock("/Inbox/npm.txt");
await client.putFileContents("/Inbox/npm.txt", "other").then(() => console.log("not locked"), (error) => console.log("locked", error.status));
await client.unlock("/Inbox/npm.txt", lock.token);
console.log("text", await client.getFileContents("/Inbox/npm.txt", { format: "text" }));
await client.deleteFile("/Inbox/npm.txt");

await client.deleteFile(`${album}/two.jpg`);
console.log("left", await client.exists(`${album}/two.jpg`), await client.exists(photo));
await client.deleteFile(album);
